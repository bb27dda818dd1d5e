/* tslint:disable */
/* eslint-disable */

/**
 * A search for the shortest run to something. See [`Exploration`].
 */
export class Explorer {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Expands up to so many states; how far it is then, in a word.
     */
    advance(states: number): string;
    /**
     * A search from where the steps of a scenario end, for what the request's lines say.
     */
    static fromText(text: string, request: string): Explorer;
    /**
     * The run to what was found; null where nothing was.
     */
    story(): any;
    /**
     * How far it is.
     */
    view(): any;
}

/**
 * A history that is judged in slices. See [`history_files::Judging`].
 */
export class Judging {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Goes on for about so many steps, or to the next verdict.
     */
    advance(steps: number): any;
    /**
     * What the history is.
     */
    facts(): any;
    /**
     * Reads a history. Format and object are guessed where they are absent; `models` names models with
     * blanks between them, and empty all. The limits are those of each model.
     */
    static fromText(text: string, format: string | null | undefined, object: string | null | undefined, models: string, steps: number, memory_bytes: number): Judging;
    /**
     * The history drawn, with the verdict of that model.
     */
    picture(model: string): any;
}

/**
 * A session with a scenario. See [`Session`]; moments are numbers of actions.
 */
export class Playground {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * What the page shows of the scenario.
     */
    about(): any;
    /**
     * Applies an action now.
     */
    act(action: any): void;
    /**
     * What an action would lead to now, and nothing changes: its word as in [`Playground::act`], the
     * message, node or client that it is about, its timer, its operation. What belongs to a part takes
     * no JavaScript object.
     */
    after(word: string, about: number, timer: number, operation?: string | null): any;
    /**
     * Whether nothing is recorded ahead.
     */
    atEnd(): boolean;
    /**
     * The bounds that were reached, in words.
     */
    bounds(): any;
    /**
     * All branches.
     */
    branches(): any;
    /**
     * Why an action is impossible now; null where it is possible.
     */
    can(action: any): any;
    /**
     * The scenario's text with one line of its header changed.
     */
    changed(line: string): string;
    /**
     * The invariants and whether they hold.
     */
    checks(): any;
    /**
     * The clients.
     */
    clients(): any;
    /**
     * The present moment.
     */
    cursor(): any;
    /**
     * For each node the nodes that it cannot reach.
     */
    cuts(): any;
    /**
     * The action that leads from a moment to the next, in one line.
     */
    describe(branch: number, index: number): string;
    /**
     * What the diagram draws of the actions `from..to`, nine numbers each.
     */
    diagram(branch: number, from: number, to: number): Int32Array;
    /**
     * Where the replay of a link differed from the recorded run.
     */
    divergence(): string | undefined;
    /**
     * The scenario's expectations.
     */
    expectations(): any;
    /**
     * The run as 16 hexadecimal digits.
     */
    fingerprint(): string;
    /**
     * The text of the same scenario for another protocol.
     */
    forProtocol(id: string): string;
    /**
     * The arithmetic that safety rests on.
     */
    formulas(): any;
    /**
     * One action forward; false where nothing is left.
     */
    forward(): boolean;
    /**
     * Opens a link.
     */
    static fromLink(link: string): Playground;
    /**
     * Opens the readable form; undefined where no protocol is named.
     */
    static fromQuery(query: string): Playground | undefined;
    /**
     * Opens a scenario's text.
     */
    static fromText(text: string): Playground;
    /**
     * What clients saw up to the present moment, as lines of JSON.
     */
    history(): string;
    /**
     * How a run that breaks is found without each rule of the protocol.
     */
    hunts(): any;
    /**
     * A node now and before the last action.
     */
    inspect(node: number): any;
    /**
     * A message in flight in words.
     */
    label(id: number): any;
    /**
     * What the last action was and did.
     */
    last(): any;
    /**
     * A link to the present branch, or only up to this moment.
     */
    link(whole: boolean): string;
    /**
     * The messages in flight, nine numbers each.
     */
    messages(): Int32Array;
    /**
     * What can be measured over the whole cluster now.
     */
    meters(): any;
    /**
     * What the run has cost and given so far.
     */
    metrics(): any;
    /**
     * When the next action would happen, in milliseconds.
     */
    nextMs(): number | undefined;
    /**
     * The nodes.
     */
    nodes(): any;
    /**
     * The narration at this moment, or null.
     */
    note(): any;
    /**
     * All narration of the present branch.
     */
    notes(): any;
    /**
     * The client operations along a branch.
     */
    operations(branch: number): any;
    /**
     * The modules of a text's QR code, a square row by row; undefined where it is too long for one.
     */
    static qrModules(text: string): Uint8Array | undefined;
    /**
     * The readable form, where it loses nothing.
     */
    query(): string | undefined;
    /**
     * The first moment from `from` to the present one at which all goals hold, each on a line; null where
     * there is none.
     */
    reached(goals: string, from: number): any;
    /**
     * Which rules hold now.
     */
    rules(): any;
    /**
     * Plays on until a moment in milliseconds; returns how many actions were applied.
     */
    runUntil(ms: number): number;
    /**
     * What can be asked of a search: budgets by kind of surprise, operations on offer, reductions.
     */
    searchOptions(): any;
    /**
     * The text from which a search begins: the run up to this moment.
     */
    searchText(): string;
    /**
     * Goes to a moment.
     */
    seek(branch: number, index: number): void;
    /**
     * Tells where the page's clock stands between two actions.
     */
    setNow(ms: number): void;
    /**
     * Lets things happen by themselves from now on (`by-time`), or not (`by-hand`).
     */
    setPace(word: string): void;
    /**
     * What the protocol is made of.
     */
    sheet(): any;
    /**
     * Whether each node runs at a moment: 0 up, 1 paused, 2 crashed.
     */
    statuses(branch: number, index: number): Uint8Array;
    /**
     * The present branch as text.
     */
    text(): string;
    /**
     * What it would cost to cut the first `cut` nodes off.
     */
    tradeoff(cut: number): any;
    /**
     * Actions of the present branch, a line each.
     */
    transcript(from: number, to: number): string[];
}

declare function __wbg_reset_state(): void;

/**
 * Applies `count` actions of a scenario's run by time, for measuring; returns the fingerprint.
 *
 * # Errors
 * What is wrong with the text.
 */
export function benchmarkActions(text: string, count: number): string;

/**
 * Reads a history and judges it so many times, for measuring; returns whether it is linearizable.
 *
 * # Errors
 * What is wrong with the text.
 */
export function benchmarkHistory(text: string, rounds: number): boolean | undefined;

/**
 * The consistency models and which implies which.
 */
export function consistencyModels(): any;

/**
 * What this instance of the module makes known to others: a protocol's own module is instantiated
 * with it. After a panic it is another.
 */
export function coreExports(): any;

/**
 * Reads a chapter of the course.
 *
 * # Errors
 * What is wrong with the text, and where.
 */
export function courseChapter(text: string): any;

/**
 * Judges a history that others recorded, as `consensus-playground history` does. The words are those
 * of its options; format and object are guessed where they are absent.
 *
 * # Errors
 * What is wrong with the text, and on which line.
 */
export function judgeHistory(text: string, format?: string | null, object?: string | null, guarantee?: string | null): any;

/**
 * Tells that the code that judges histories is there from now on.
 */
export function judgeLoaded(): void;

/**
 * The message of the last panic, if there was one.
 */
export function lastPanic(): string | undefined;

/**
 * Panics, so that what the page does then can be seen and tested.
 */
export function panicOnPurpose(): void;

/**
 * Called in place of what belongs to a part that is not there: throws which one, before anything
 * else has happened.
 */
export function partMissing(part: number): void;

/**
 * Tells that the code of a protocol is there from now on.
 */
export function protocolLoaded(id: string): void;

/**
 * Runs once when the module is loaded.
 */
export function start(): void;

/**
 * Runs a scenario's text and prints its transcript, as `consensus-playground run` does.
 *
 * # Errors
 * What is wrong with the text.
 */
export function transcriptOf(text: string): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_explorer_free: (a: number, b: number) => void;
    readonly __wbg_judging_free: (a: number, b: number) => void;
    readonly __wbg_playground_free: (a: number, b: number) => void;
    readonly benchmarkActions: (a: number, b: number, c: number) => [number, number, number, number];
    readonly benchmarkHistory: (a: number, b: number, c: number) => [number, number, number];
    readonly consistencyModels: () => [number, number, number];
    readonly coreExports: () => any;
    readonly courseChapter: (a: number, b: number) => [number, number, number];
    readonly explorer_advance: (a: number, b: number) => [number, number];
    readonly explorer_fromText: (a: number, b: number, c: number, d: number) => [number, number, number];
    readonly explorer_story: (a: number) => [number, number, number];
    readonly explorer_view: (a: number) => [number, number, number];
    readonly judgeHistory: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly judgeLoaded: () => void;
    readonly judging_advance: (a: number, b: number) => [number, number, number];
    readonly judging_facts: (a: number) => [number, number, number];
    readonly judging_fromText: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly judging_picture: (a: number, b: number, c: number) => [number, number, number];
    readonly lastPanic: () => [number, number];
    readonly panicOnPurpose: () => void;
    readonly partMissing: (a: number) => void;
    readonly playground_about: (a: number) => [number, number, number];
    readonly playground_act: (a: number, b: any) => [number, number];
    readonly playground_after: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly playground_atEnd: (a: number) => number;
    readonly playground_bounds: (a: number) => [number, number, number];
    readonly playground_branches: (a: number) => [number, number, number];
    readonly playground_can: (a: number, b: any) => [number, number, number];
    readonly playground_changed: (a: number, b: number, c: number) => [number, number, number, number];
    readonly playground_checks: (a: number) => [number, number, number];
    readonly playground_clients: (a: number) => [number, number, number];
    readonly playground_cursor: (a: number) => [number, number, number];
    readonly playground_cuts: (a: number) => [number, number, number];
    readonly playground_describe: (a: number, b: number, c: number) => [number, number];
    readonly playground_diagram: (a: number, b: number, c: number, d: number) => any;
    readonly playground_divergence: (a: number) => [number, number];
    readonly playground_expectations: (a: number) => [number, number, number];
    readonly playground_fingerprint: (a: number) => [number, number];
    readonly playground_forProtocol: (a: number, b: number, c: number) => [number, number, number, number];
    readonly playground_formulas: (a: number) => [number, number, number];
    readonly playground_forward: (a: number) => number;
    readonly playground_fromLink: (a: number, b: number) => [number, number, number];
    readonly playground_fromQuery: (a: number, b: number) => [number, number, number];
    readonly playground_fromText: (a: number, b: number) => [number, number, number];
    readonly playground_history: (a: number) => [number, number, number, number];
    readonly playground_hunts: (a: number) => [number, number, number];
    readonly playground_inspect: (a: number, b: number) => [number, number, number];
    readonly playground_label: (a: number, b: number) => [number, number, number];
    readonly playground_last: (a: number) => [number, number, number];
    readonly playground_link: (a: number, b: number) => [number, number, number, number];
    readonly playground_messages: (a: number) => any;
    readonly playground_meters: (a: number) => [number, number, number];
    readonly playground_metrics: (a: number) => [number, number, number];
    readonly playground_nextMs: (a: number) => [number, number];
    readonly playground_nodes: (a: number) => [number, number, number];
    readonly playground_note: (a: number) => [number, number, number];
    readonly playground_notes: (a: number) => [number, number, number];
    readonly playground_operations: (a: number, b: number) => [number, number, number];
    readonly playground_qrModules: (a: number, b: number) => [number, number];
    readonly playground_query: (a: number) => [number, number];
    readonly playground_reached: (a: number, b: number, c: number, d: number) => [number, number, number];
    readonly playground_rules: (a: number) => [number, number, number];
    readonly playground_runUntil: (a: number, b: number) => number;
    readonly playground_searchOptions: (a: number) => [number, number, number];
    readonly playground_searchText: (a: number) => [number, number];
    readonly playground_seek: (a: number, b: number, c: number) => void;
    readonly playground_setNow: (a: number, b: number) => void;
    readonly playground_setPace: (a: number, b: number, c: number) => void;
    readonly playground_sheet: (a: number) => [number, number, number];
    readonly playground_statuses: (a: number, b: number, c: number) => [number, number];
    readonly playground_text: (a: number) => [number, number];
    readonly playground_tradeoff: (a: number, b: number) => [number, number, number];
    readonly playground_transcript: (a: number, b: number, c: number) => [number, number];
    readonly protocolLoaded: (a: number, b: number) => void;
    readonly start: () => void;
    readonly transcriptOf: (a: number, b: number) => [number, number, number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __externref_drop_slice: (a: number, b: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
