/**
 * Gives the memory of bytes back that came from another thread. They are outside of what the garbage
 * collector hurries for: a thread that gets much and makes little itself would hold on to tens of
 * megabytes of them.
 */

/** Nobody may look at the bytes, or at parts of them, from now on. */
export function letGo({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
