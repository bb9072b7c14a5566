import { AccessRights } from '../../isa/access-rights';
import { SystemType } from '../../isa/segments';
import { generalProtection, invalidTss, stackFault } from '../faults';
import { stackBeyondTss, stackFromTss } from '../reasons/events';
import { notCanonical } from '../reasons/memory';
import { notLongCode } from '../reasons/segments';
import { CS, SS, TR } from '../state/layout';
import { isCanonical } from '../paging/mmu';
import { dplOf, nullSegment, segmentFrom, setAccessed, withoutRpl } from '../segments/descriptor';
import type { DeliveryContext } from './deliver';
import { clearFlags, flagsImage } from './flags';
import { externalBit, type InterruptEvent } from './event';
import { explained, gateTarget, readGate } from './protected-mode';

const { L, DB } = AccessRights;
const GATES: readonly number[] = [SystemType.INTERRUPT_GATE, SystemType.TRAP_GATE];

/**
 * IA-32e mode: 16-byte gates to 64-bit code, a stack aligned to 16 bytes that always gets SS:RSP,
 * optionally from the interrupt stack table (SDM 3A 6.14).
 */
export function deliverThroughLongIdt(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state, mmu } = cpu;
  const gate = readGate(cpu, event, 16, GATES);
  const { code, inner } = gateTarget(cpu, gate, event);
  if (!(code.rights & L) || code.rights & DB) {
    throw generalProtection(
      notLongCode(gate.selector),
      withoutRpl(gate.selector) | externalBit(event),
    );
  }
  if (!isCanonical(gate.offset, state)) {
    throw generalProtection(notCanonical('RIP', gate.offset), externalBit(event));
  }

  const privilege = inner ? dplOf(code.rights) : state.cpl;
  const { top, origin } = stackPointer(cpu, gate.ist, inner ? privilege : undefined, event);
  const values = [
    BigInt(state.selector(SS)),
    state.gpr(4),
    flagsImage(state.rflags, event),
    BigInt(state.selector(CS)),
    event.returnRip,
  ];
  if (event.errorCode !== undefined) values.push(BigInt(event.errorCode));
  let pointer = top & ~0xfn;
  const access = { write: true, execute: false, user: privilege === 3 };
  explained(origin, () => {
    if (!isCanonical(top, state)) throw stackFault(notCanonical('RSP', top), externalBit(event));
    for (const value of values) {
      pointer = (pointer - 8n) & 0xffffffffffffffffn;
      mmu.write(pointer, 8, value, access);
    }
  });

  setAccessed(mmu, code);
  state.systemFlags = clearFlags(state.systemFlags, gate.type === SystemType.INTERRUPT_GATE);
  // A new stack of an inner ring is named by a null selector (SDM 3A 6.14.2).
  if (inner) state.setSegment(SS, nullSegment(privilege, privilege));
  state.setGpr(4, pointer);
  const target = segmentFrom(code, (code.selector & ~3) | privilege);
  state.setSegment(CS, { ...target, accessRights: target.accessRights | 1 });
  state.rip = gate.offset;
  cpu.updateDerivedState();
}

/** RSP for the handler: an IST entry, the inner ring's RSP, or the present one; and where it came from. */
function stackPointer(
  cpu: DeliveryContext,
  ist: number,
  inner: number | undefined,
  event: InterruptEvent,
): { top: bigint; origin?: () => string } {
  const { state, mmu } = cpu;
  if (ist === 0 && inner === undefined) return { top: state.gpr(4) };
  const offset = ist !== 0 ? 28 + ist * 8 : 4 + (inner ?? 0) * 8;
  const tr = state.segment(TR);
  if (offset + 7 > tr.limit) {
    throw invalidTss(stackBeyondTss(state, offset), withoutRpl(tr.selector) | externalBit(event));
  }
  const top = mmu.loadSystem(tr.base + BigInt(offset), 8);
  return { top, origin: stackFromTss(state, offset, top) };
}
