import { Rflags } from '../../isa/registers/flags';
import { generalProtection, stackFault } from '../faults';
import { beyondIdt, stackFull } from '../reasons/events';
import { CS, SS, State } from '../state/layout';
import { realModeSegment } from '../segments/descriptor';
import type { DeliveryContext } from './deliver';
import type { InterruptEvent } from './event';

/** Real-address mode: a table of far pointers, and FLAGS, CS and IP on the stack (SDM 3B 21.1.4). */
export function deliverThroughIvt(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state, mmu } = cpu;
  const offset = event.vector * 4;
  if (offset + 3 > state.idtr.limit) throw generalProtection(beyondIdt(state, event.vector));
  const pointer = mmu.loadSystem(state.idtr.base + BigInt(offset), 4);
  const stack = state.segment(SS);
  let sp = state.gpr(4) & 0xffffn;
  const push = (value: bigint): void => {
    sp = (sp - 2n) & 0xffffn;
    if (Number(sp) + 1 > stack.limit) throw stackFault(stackFull(sp, stack.limit));
    mmu.storeSystem((stack.base + sp) & state.slot(State.LINEAR_MASK), 2, value & 0xffffn);
  };
  push(state.rflags);
  push(BigInt(state.selector(CS)));
  push(event.returnRip);
  state.setGpr(4, (state.gpr(4) & ~0xffffn) | sp);
  state.systemFlags &= ~BigInt(Rflags.IF | Rflags.TF | Rflags.AC | Rflags.RF);
  state.setSegment(CS, realModeSegment(state.segment(CS), Number(pointer >> 16n), false));
  state.rip = pointer & 0xffffn;
  cpu.updateDerivedState();
}
