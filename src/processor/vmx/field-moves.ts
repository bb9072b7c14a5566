import type { Field } from '../../isa/vmx/fields';
import { wordOf } from '../state/layout';
import { fieldWord, is64Bit } from './vmcs-layout';

/**
 * Fields of a VMCS that stand for registers just as the state has them, and the slots of those
 * registers: both ways they are moved word by word, as every transition moves many of them. (All
 * indices are within their arrays; asking for undefined would cost half the time again.)
 */
export class FieldMoves {
  private readonly fieldWords: Int32Array;
  private readonly stateWords: Int32Array;

  /** @param pairs fields with the addresses of slots (`layout.ts`) that are as wide */
  constructor(pairs: readonly (readonly [field: Field, slot: number])[]) {
    const words = pairs.flatMap(([field, slot]) => {
      const low = [fieldWord(field), wordOf(slot)] as const;
      return is64Bit(field) ? [low, [low[0] + 1, low[1] + 1] as const] : [low];
    });
    this.fieldWords = Int32Array.from(words, ([field]) => field);
    this.stateWords = Int32Array.from(words, ([, slot]) => slot);
  }

  /** From the words of a VMCS region into those of the state. */
  load(state: Int32Array, vmcs: Int32Array): void {
    const { fieldWords, stateWords } = this;
    for (let n = 0; n < stateWords.length; n++) {
      state[stateWords[n] as number] = vmcs[fieldWords[n] as number] as number;
    }
  }

  save(state: Int32Array, vmcs: Int32Array): void {
    const { fieldWords, stateWords } = this;
    for (let n = 0; n < stateWords.length; n++) {
      vmcs[fieldWords[n] as number] = state[stateWords[n] as number] as number;
    }
  }
}
