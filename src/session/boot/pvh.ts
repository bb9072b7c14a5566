import { endOfPieces, type Piece } from './boot-image';
import { Gpr } from '../../isa/registers/general';
import { Reader, Writer } from './bytes';
import type { ElfImage } from './elf';
import { protectedModeStart, type Prepared } from './flat-start';
import { memoryMap } from './memory-map';
import { placeModules } from './multiboot';
import { cString, type KernelOptions } from './options';

/** The PVH entry of Xen, which uncompressed Linux kernels and others have: a note names it. */

const XEN_ELFNOTE_PHYS32_ENTRY = 18;
const START_MAGIC = 0x336e_c578;
const START_INFO = 0x9000;
const START_INFO_SIZE = 56;
const [CODE, DATA] = [0x08, 0x10];

/** The physical address of the 32-bit entry, if a note tells one. */
export function pvhEntry(bytes: Uint8Array, elf: ElfImage): number | undefined {
  const file = new Reader(bytes);
  for (const { offset, size } of elf.notes) {
    for (let at = offset; at + 12 <= offset + size;) {
      const [nameSize, size4, type] = [0, 4, 8].map((n) => file.u32(at + n) ?? 0) as Three;
      const contents = at + 12 + Math.ceil(nameSize / 4) * 4;
      if (type === XEN_ELFNOTE_PHYS32_ENTRY && file.text(at + 12) === 'Xen') {
        return file.u32(contents);
      }
      at = contents + Math.ceil(size4 / 4) * 4;
    }
  }
  return undefined;
}

type Three = [number, number, number];

export function loadPvh(loaded: readonly Piece[], entry: number, options: KernelOptions): Prepared {
  const modules = placeModules(options, endOfPieces(loaded));
  const registers = { [Gpr.RBX]: START_INFO };
  const { start, pieces } = protectedModeStart({ entry, registers, code: CODE, data: DATA });
  const info: Piece = { address: START_INFO, bytes: startInfo(options, modules) };
  return { start, pieces: [...loaded, ...modules, info, ...pieces] };
}

function startInfo(options: KernelOptions, modules: readonly Piece[]): Uint8Array {
  const tail = new Writer();
  const at = (bytes: Iterable<number>): number => {
    const address = START_INFO + START_INFO_SIZE + tail.align(8).length;
    tail.append(bytes);
    return address;
  };
  const map = memoryMap(options.memory);
  const entries = new Writer();
  for (const { base, length, kind } of map) entries.u64(base, length).u32(kind, 0);
  const list = new Writer();
  for (const { address, bytes } of modules) list.u64(address, bytes.length, 0, 0);
  const [commandLine, mapAddress, moduleList] = [
    at(cString(options.append ?? '')),
    at(entries.bytes),
    at(list.bytes),
  ];
  return new Writer()
    .u32(START_MAGIC, 1, 0, modules.length)
    .u64(modules.length > 0 ? moduleList : 0, commandLine, options.acpi?.address ?? 0, mapAddress)
    .u32(map.length, 0)
    .append(tail.bytes).bytes;
}
