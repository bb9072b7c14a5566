import { IDT, protectedMode, Sel, TSS } from '../modes.testing';
import {
  nothing,
  ring3,
  both,
  row,
  event,
  gate,
  virtual8086,
  derived,
  descriptor,
  testReasons,
} from './reasons.testing';
import { SS, TR } from '../state/layout';

describe('reasons of the way of an event to its handler', () => {
  testReasons([
    {
      ...event(
        'idt-limit',
        'Entry 0x40 lies beyond the limit 0xff of the IDT',
        protectedMode,
        0n,
        ({ state }) => {
          state.idtr = { base: BigInt(IDT), limit: 0xff };
        },
      ),
    },
    event('idt-gate-type', 'Entry 0x40 of the IDT is empty', protectedMode, 0n, nothing),
    event(
      'idt-gate-type',
      'Entry 0x40 of the IDT is no interrupt or trap gate, but: 32-bit call gate',
      protectedMode,
      gate(0x8c, Sel.CODE),
      nothing,
    ),
    event(
      'idt-gate-privilege',
      'Entry 0x40 of the IDT has DPL 0: an instruction with CPL 3',
      protectedMode,
      gate(0x8e, Sel.CODE),
      ring3,
    ),
    event(
      'idt-gate-not-present',
      'The gate in entry 0x40 of the IDT is not present',
      protectedMode,
      gate(0x0e, Sel.CODE),
      nothing,
    ),
    event(
      'handler-limit',
      "The handler's offset 0x20000 lies beyond the limit 0xffff",
      protectedMode,
      gate(0x8e, Sel.FREE, 0x20000n),
      descriptor(0x00409b000000ffffn),
    ),
    event(
      'virtual-8086-handler',
      "In virtual-8086 mode the handler's code segment 0x1b",
      protectedMode,
      gate(0xee, Sel.USER_CODE | 3),
      both(
        ring3,
        virtual8086,
        ({ state }) => {
          state.systemFlags |= 3n << 12n;
        },
        derived,
      ),
    ),
    event(
      'tss-limit',
      'The new stack pointer is read at offset 0x4 of the TSS',
      protectedMode,
      gate(0xee, Sel.CODE),
      both(ring3, ({ state }) => {
        state.setSegment(TR, { ...state.segment(TR), limit: 7 });
      }),
    ),
    event(
      'tss-stack-segment',
      'The stack segment 0x20 in the TSS must be writable data with RPL and DPL 0; its DPL is 3',
      protectedMode,
      gate(0xee, Sel.CODE),
      both(ring3, ({ physical }) => {
        physical.write32(TSS + 4, 0x6000);
        physical.write32(TSS + 8, Sel.USER_DATA);
      }),
    ),
    event(
      'stack-limit',
      'A value pushed at offset',
      protectedMode,
      gate(0x8e, Sel.CODE),
      both(({ state }) => {
        state.setSegment(SS, { ...state.segment(SS), limit: 0xf });
      }, derived),
    ),
    event('event', 'An instruction asked for vector 0x40', protectedMode, 0n, nothing),
    row(
      'hardware-breakpoint',
      'The condition of a breakpoint in the debug registers was met: DR0',
      protectedMode,
      (cpu) => {
        cpu.state.dr.set([0x8000n], 0);
        cpu.state.dr.set([0x402n], 7);
        cpu.updateDerivedState();
      },
      0x90,
    ),
    row(
      'single-step',
      'RFLAGS.TF was 1',
      protectedMode,
      ({ state }) => {
        state.systemFlags |= 0x100n;
      },
      0x90,
    ),
    row('double-fault', 'Two faults', protectedMode, nothing, 0x0f, 0x0b),
  ]);
});
