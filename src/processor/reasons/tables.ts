import * as l10n from '@vscode/l10n';
import type { CpuState } from '../state/cpu-state';
import { hex } from './reason';

/**
 * Where GDTR or IDTR got its value: most faults of tables come from a LGDT or LIDT that read from
 * elsewhere than was meant. No part of the machine's state.
 */
export interface TableOrigin {
  /** The instruction, as a linear address. */
  readonly at: bigint;
  /** Linear address of the 6 or 10 bytes that were loaded. */
  readonly from: bigint;
  readonly segment: string;
  readonly selector: number;
  /** What it loaded; a VM entry or exit may have put something else there since. */
  readonly base: bigint;
  readonly limit: number;
}

/** What the register holds and who has loaded it, in a sentence. */
export function tableWords(state: CpuState, which: 'gdtr' | 'idtr'): () => string {
  const { base, limit } = state[which];
  const last = state.tableOrigins[which];
  const origin = last?.base === base && last.limit === limit ? last : undefined;
  const name = which.toUpperCase();
  return () => {
    const holds = l10n.t('{0}: base {1}, limit {2}.', name, hex(base), hex(limit));
    if (!origin) return holds;
    const loaded = l10n.t(
      'Loaded at {0} from linear address {1} ({2} = {3}).',
      hex(origin.at),
      hex(origin.from),
      origin.segment,
      hex(origin.selector),
    );
    return `${holds}\n${loaded}`;
  };
}
