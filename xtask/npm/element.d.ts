/** The element's name. */
export declare const NAME: "consensus-playground";

/** Where a run stands. */
export interface RunState {
  /** How many actions have happened. */
  index: number;
  /** How many are recorded. */
  length: number;
  /** Simulated milliseconds since the beginning. */
  ms: number;
  playing: boolean;
  protocol: string;
  title: string;
  /** The sentence below the picture. */
  words: string;
  /** The invariants that are violated. */
  violated: string[];
  /** Whether the reader goes on in a run of their own. */
  taken: boolean;
}

/** `<consensus-playground>`: a run inside a page. Attributes say what is shown. */
export declare class ConsensusPlayground extends HTMLElement {
  static observedAttributes: readonly string[];
  /** Starts it without waiting to be seen or clicked. */
  start(): void;
  play(): void;
  pause(): void;
  /** One action on, or back with -1. */
  step(direction?: number): void;
  /** Goes to where so many actions have happened. */
  seek(index: number): void;
  /** To the run that is shown, from the reader's own. */
  back(): void;
  /** Null while nothing is open. */
  get state(): RunState | null;
  /** How high it would have to be for nothing to be cramped, in CSS pixels. */
  get wantedHeight(): number;
}

/** Makes the element known under its name, unless another version of it was first. */
export declare function define(): void;

declare global {
  interface HTMLElementTagNameMap {
    "consensus-playground": ConsensusPlayground;
  }
  interface HTMLElementEventMap {
    "consensus-ready": CustomEvent<RunState>;
    "consensus-change": CustomEvent<RunState>;
    "consensus-error": CustomEvent<{ message: string }>;
  }
}
