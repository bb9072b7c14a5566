import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { SvmExit } from '../../isa/svm/exit-codes';
import type { Processor } from '../processor';
import {
  exited,
  GUEST_CODE,
  HANDLER,
  intercepting,
  prepare,
  type VmcbValues,
} from './prepared-processor.testing';

/** Records of branches (APM 2 13.1.1), and of a guest's own (APM 2 15.23). */

const LBR = 1n;
const JMP = [0xeb, 0x02, 0x90, 0x90];
const VMMCALL = [0x0f, 0x01, 0xd9];
const onVmmcall = intercepting(SvmExit.VMMCALL);
const VIRTUAL = { ...onVmmcall, VIRTUALIZATION_EXTENSIONS: 1 };

const recorded = ({ state }: Processor): bigint[] =>
  [Msr.LAST_BRANCH_FROM_IP, Msr.LAST_BRANCH_TO_IP].map((msr) => state.msr(msr));
const beforeEvent = ({ state }: Processor): bigint[] =>
  [Msr.LAST_INT_FROM_IP, Msr.LAST_INT_TO_IP].map((msr) => state.msr(msr));
const jumpAt = (offset: number): bigint[] => [
  BigInt(GUEST_CODE + offset),
  BigInt(GUEST_CODE + offset + 4),
];

/** The host has this in DebugCtl, and a record of 11h to 12h. */
function host(debugctl: bigint, fields: VmcbValues, ...code: readonly (readonly number[])[]) {
  const cpu = prepare(fields, code.flat());
  cpu.state.setMsr(Msr.DEBUGCTL, debugctl);
  cpu.state.setMsr(Msr.LAST_BRANCH_FROM_IP, 0x11n);
  cpu.state.setMsr(Msr.LAST_BRANCH_TO_IP, 0x12n);
  return cpu;
}

describe('records of branches (APM 2 13.1.1)', () => {
  it('are made while DebugCtl.LBR is 1, of the last branch that was taken', () => {
    const code = [[0x90], JMP, [0x39, 0xc0, 0x75, 0x00], VMMCALL]; // cmp eax, eax; jne
    const cpu = host(LBR, onVmmcall, ...code);
    exited(cpu);
    assert.deepEqual(recorded(cpu), jumpAt(1));
    const off = host(0n, onVmmcall, ...code);
    exited(off);
    assert.deepEqual(recorded(off), [0x11n, 0x12n]);
  });

  it('begin with the instruction behind the WRMSR, and end with that', () => {
    const wrmsr = (value: number): number[] => [
      ...[0xb9, 0xd9, 0x01, 0, 0, 0xb8, value, 0, 0, 0, 0x31, 0xd2, 0x0f, 0x30],
    ];
    const cpu = host(0n, onVmmcall, JMP, wrmsr(1), JMP, wrmsr(0), JMP, VMMCALL);
    exited(cpu);
    assert.deepEqual(recorded(cpu), jumpAt(4 + 14));
  });

  it('keep the branch before an exception, and end with #DB', () => {
    const cpu = host(LBR, onVmmcall, JMP, [0x0f, 0x0b]); // ud2
    cpu.physical.writeBytes(HANDLER + 16 * 6, Uint8Array.from([0xeb, 0x00, ...VMMCALL]));
    exited(cpu);
    assert.deepEqual(beforeEvent(cpu), jumpAt(0));
    assert.equal(recorded(cpu)[0], BigInt(HANDLER + 16 * 6));
    assert.equal(cpu.state.msr(Msr.DEBUGCTL), LBR);
    const debugged = host(LBR, { ...onVmmcall, RFLAGS: 0x102 }, JMP);
    debugged.physical.writeBytes(HANDLER + 16, Uint8Array.from([0xeb, 0x00, ...VMMCALL]));
    exited(debugged);
    assert.deepEqual(recorded(debugged), jumpAt(0));
    assert.equal(debugged.state.msr(Msr.DEBUGCTL), 0n);
  });
});

describe('records of branches of a guest (APM 2 15.23)', () => {
  it('are the host’s, and DebugCtl, where they are not virtualized', () => {
    const cpu = host(LBR, { ...onVmmcall, DBGCTL: 0 }, JMP, VMMCALL);
    exited(cpu);
    assert.deepEqual([recorded(cpu), cpu.state.msr(Msr.DEBUGCTL)], [jumpAt(0), LBR]);
  });

  it('are its own, and saved in the VMCB, where they are', () => {
    const cpu = host(0n, { ...VIRTUAL, DBGCTL: 1, LASTEXCPTO: 0x77 }, JMP, VMMCALL);
    const vmcb = exited(cpu);
    assert.deepEqual([recorded(cpu), cpu.state.msr(Msr.DEBUGCTL)], [[0x11n, 0x12n], 0n]);
    assert.deepEqual([vmcb.read('BR_FROM'), vmcb.read('BR_TO')], jumpAt(0));
    assert.deepEqual([vmcb.read('DBGCTL'), vmcb.read('LASTEXCPTO')], [LBR, 0x77n]);
  });

  it('do not take the host’s when the guest records nothing', () => {
    const cpu = host(LBR, { ...VIRTUAL, BR_FROM: 0x33, BR_TO: 0x44 }, JMP, VMMCALL);
    const vmcb = exited(cpu);
    assert.deepEqual([vmcb.read('BR_FROM'), vmcb.read('BR_TO')], [0x33n, 0x44n]);
    assert.deepEqual([recorded(cpu), cpu.state.msr(Msr.DEBUGCTL)], [[0x11n, 0x12n], LBR]);
  });
});
