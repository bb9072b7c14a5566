import { Data } from './data-page';
import { distanceTo, dword, JCXZ, Reg, type Emitter } from './emitter';
import type { Block } from './translation-cache';

/** Where indirect branches come to by the table, with RCX and RDX spilled: what completes them. */

const [SPILL_0, SPILL_1] = Data.SPILL;

/** The table knows nothing of the target: the monitor does. */
export function writeMiss(code: Emitter): void {
  begin(code);
  code.callOut();
}

/** Other targets have the same lowest 8 bits: it is compared. No flag changes. */
export function writeArrival(code: Emitter, { rip, start }: Pick<Block, 'rip' | 'start'>): void {
  begin(code);
  code.load(Reg.RCX, Data.TARGET);
  code.loadValue(Reg.RDX, -rip);
  code.addRegister(Reg.RCX, Reg.RDX);
  const hit = code.ahead(JCXZ);
  code.callOut();
  hit();
  code.load(Reg.RDX, SPILL_1);
  code.load(Reg.RCX, SPILL_0);
  code.spilled();
  code.put([0xe9, ...dword(distanceTo(code.here + 1, start))], true);
}

function begin(code: Emitter): void {
  code.begin(0n, 'lookup');
  code.spilled(Reg.RCX, Reg.RDX);
}
