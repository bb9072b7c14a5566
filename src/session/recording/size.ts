/** About how many bytes a saved state takes: of arrays of numbers exactly, of all else a word for each value. */
export function sizeOf(state: unknown): number {
  if (ArrayBuffer.isView(state)) return state.byteLength;
  if (typeof state !== 'object' || state === null) return 8;
  if (state instanceof Map) return 8 + sizeOf([...state]);
  let size = 8;
  for (const value of Object.values(state)) size += sizeOf(value);
  return size;
}
