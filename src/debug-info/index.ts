/** What compilers say of ELF images: lines, functions, variables, types, frames of the stack. */
export { DebugInfo, type FindSource } from './debug-info';
export type { ImageLayout, LoadedSegment } from './layout';
