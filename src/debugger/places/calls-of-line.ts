import { disassembleAround } from './disassembly';
import { transferAt } from '../run/transfers';
import type { Target } from '../target';

/** An instruction that a step can go into. */
export interface Call {
  /** Its linear address. */
  readonly address: bigint;
  /** 'call print', 'int 0x80' */
  readonly text: string;
}

/** Instructions of a line that are looked at: `times 1000 call print` is one. */
const MOST = 256;

/**
 * What can be entered from the present source line, from RIP on: calls, software interrupts and system calls. A line
 * has several where it uses a macro, or is one of a compiled language. None in a handler of the built-in monitor.
 */
export function callsOfLine(target: Target): Call[] {
  if (target.side === 'monitor') return [];
  const calls: Call[] = [];
  const rows = disassembleAround(target, spaceOf(target), target.linearRip, 0, MOST);
  const line = rows[0]?.location;
  for (const { address, text, valid, location } of rows) {
    const same = location?.line === line?.line && location?.file === line?.file;
    if (!valid || !same) break;
    const { kind } = transferAt(target, address);
    if (kind === 'call' || kind === 'enter') calls.push({ address, text });
    if (!line) break; // without a source each instruction is a line
  }
  return calls;
}

const spaceOf = ({ side }: Target): 'gva' | 'hva' => (side === 'hypervisor' ? 'hva' : 'gva');
