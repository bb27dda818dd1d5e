// A WebAssembly module: fetch it by its address.
declare const address: string;
export default address;
