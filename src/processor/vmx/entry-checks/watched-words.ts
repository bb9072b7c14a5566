import { PassedWords } from '../../state/layout';
import { Op, ValueType } from '../../wasm/encoding';
import { ModuleBuilder } from '../../wasm/module-builder';
import type { Vmcs } from '../vmcs';

/** Of a watched word: its offset in the region, and what stood there. */
const ENTRY = { SIZE: 8, OFFSET: 0, SEEN: 4 } as const;

/** From an entry of the list up to its end: the first one whose word in the region is now another. */
export type FindChange = (place: number, entry: number, end: number) => number;

let compiled: WebAssembly.Module | undefined;

/**
 * The comparison in WebAssembly, where it takes a third of the time: VM entries spend more on it than
 * on anything else.
 */
function generate(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { I32 } = ValueType;
  const f = module.addFunction([I32, I32, I32], [I32]);
  const [place, entry, end] = [0, 1, 2];
  f.block(Op.block, () => {
    f.block(Op.loop, () => {
      f.get(entry).get(end).op(Op.i32Eq).opIndex(Op.brIf, 1);
      f.get(place).get(entry).memory(Op.i32Load, ENTRY.OFFSET).op(Op.i32Add);
      f.memory(Op.i32Load, 0).get(entry).memory(Op.i32Load, ENTRY.SEEN);
      f.op(Op.i32Ne).opIndex(Op.brIf, 1);
      f.get(entry).i32(ENTRY.SIZE).op(Op.i32Add).set(entry).opIndex(Op.br, 0);
    });
  });
  f.get(entry);
  module.exportFunction('findChange', f);
  return module.toBytes();
}

/** What compares words in a memory. */
export function wordComparison(memory: WebAssembly.Memory): FindChange {
  compiled ??= new WebAssembly.Module(generate());
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports['findChange'] as FindChange;
}

/** Words of a VMCS region that are watched, with what stood there when they were last looked at. */
export class WatchedWords {
  private readonly entries: Int32Array;
  private count = 0;

  /** @param start where the list lies in memory; `layout.ts` has room for some */
  constructor(
    private readonly vmcs: Vmcs,
    private readonly findChange: FindChange,
    private readonly start: number,
  ) {
    this.entries = new Int32Array(vmcs.words.buffer, start, PassedWords.LIST_SIZE / 4);
  }

  /** Watches one more word, from what it is now. */
  add(word: number): void {
    this.entries[2 * this.count] = word * 4;
    this.entries[2 * this.count + 1] = this.vmcs.words[word] ?? 0;
    this.count++;
  }

  /** Calls back for each word that is another than when it was last looked at. */
  look(changed: (word: number) => void): void {
    const { vmcs, start, entries } = this;
    const end = start + this.count * ENTRY.SIZE;
    let at = this.findChange(vmcs.place, start, end);
    while (at < end) {
      const entry = (at - start) >> 2;
      const word = (entries[entry] ?? 0) >> 2;
      entries[entry + 1] = vmcs.words[word] ?? 0;
      changed(word);
      at = this.findChange(vmcs.place, at + ENTRY.SIZE, end);
    }
  }
}
