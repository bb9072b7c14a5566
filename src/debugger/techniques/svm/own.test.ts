import assert from 'node:assert/strict';
import { Msr } from '../../../isa/registers/msr';
import type { Debuggee } from '../../debuggee';
import { ownSvm, untilSide, untilVmrun } from './own-hypervisor.testing';

const FS = 4;
const TR = 7;
const RSI = 6;
/** What the guest of these tests does before its first exit, and what its host does behind VMRUN. */
const GUEST = `guest:  mov ax, 0x123
        mov fs, ax
        mov si, 0x77
`;

const exits = (text: string): string => text.replace('guest:  ', GUEST);
/** The host saves the guest's hidden state and takes another one. */
const switching = (text: string): string =>
  exits(text)
    .replace(
      '        vmrun\n',
      '        vmrun\nbehind: vmsave\n        mov eax, 16\n        mov fs, eax\nthen:   mov eax, VMCB\n',
    )
    .replace('        clgi\n', '        clgi\nload:   vmload\n');

function runTo(debuggee: Debuggee, symbol: string): void {
  const { target, machine } = debuggee;
  const address = target.program.symbols.get(symbol)?.value;
  for (let n = 0; target.side === 'guest' || target.linearRip !== address; n++) {
    assert.ok(n < 200_000);
    machine.computer.processor.run(1);
  }
}

describe('a hypervisor of one’s own that uses SVM', () => {
  it('makes two worlds by VMRUN: before it the computer is bare', async () => {
    const debuggee = await ownSvm();
    const { target } = debuggee;
    assert.equal(target.side, 'bare');
    assert.equal(target.host, undefined);
    untilVmrun(debuggee);
    assert.equal(target.side, 'hypervisor');
    assert.equal(target.technique.operation, 'host mode');
    assert.equal(target.guest.rip, 0x7000n);
    untilSide(debuggee, 'guest');
    assert.equal(target.technique.operation, 'guest mode');
    untilSide(debuggee, 'hypervisor');
    assert.deepEqual(target.technique.tlbTags, {
      host: 'ASID 0',
      guest: 'ASID 1',
      ofThisGuest: true,
    });
  });

  it('the guest’s registers are in the VMCB while the host runs, and can be changed there', async () => {
    const debuggee = await ownSvm(exits);
    const { target } = debuggee;
    untilSide(debuggee, 'guest');
    untilSide(debuggee, 'hypervisor');
    const { guest, technique } = target;
    const { cpu } = { cpu: debuggee.machine.computer.processor };
    assert.equal(guest.rip, 0x7000n + 11n);
    assert.equal(guest.segment(1).base, 0n);
    assert.equal(guest.controlRegister(0) & 1n, 0n, 'real mode');
    assert.equal(guest.gpr(RSI) & 0xffffn, 0x77n);
    assert.equal(guest.msr(Msr.PAT), 0x0007040600070406n);
    guest.rip = 0x7010n;
    guest.setGpr(0, 5n);
    assert.equal(cpu.svm.current?.read('RIP'), 0x7010n);
    assert.equal(cpu.svm.current?.read('RAX'), 5n);
    assert.throws(() => {
      guest.setGpr(RSI, 1n);
    }, /general registers/);
    assert.equal(technique.host?.rip, cpu.state.rip);
    debuggee.machine.computer.processor.run(1);
    assert.equal(technique.guest.gpr(RSI) & 0xffffn, 0x77n, 'as at the exit');
  });

  it('FS, TR and their like are in the processor, until VMSAVE has put them into the VMCB', async () => {
    const debuggee = await ownSvm(switching);
    const { target, machine } = debuggee;
    untilSide(debuggee, 'guest');
    untilSide(debuggee, 'hypervisor');
    const fs = (): number => target.guest.segment(FS).selector;
    assert.equal(fs(), 0x123);
    assert.equal(machine.computer.processor.state.segment(FS).selector, 0x123);
    runTo(debuggee, 'then');
    assert.equal(machine.computer.processor.state.segment(FS).selector, 16);
    assert.equal(fs(), 0x123, 'saved');
    target.guest.setSegment(FS, { ...target.guest.segment(FS), selector: 0x124, base: 0x1240n });
    assert.equal(target.guest.msr(Msr.FS_BASE), 0x1240n);
    assert.equal(target.guest.segment(TR).base, machine.computer.processor.state.segment(TR).base);
    runTo(debuggee, 'load');
    machine.computer.processor.run(1);
    assert.equal(machine.computer.processor.state.segment(FS).selector, 0x124);
    assert.equal(fs(), 0x124, 'loaded');
    untilSide(debuggee, 'guest');
    assert.equal(fs(), 0x124);
  });

  it('the host’s registers are in its save area while the guest runs', async () => {
    const debuggee = await ownSvm();
    const { target, machine } = debuggee;
    untilVmrun(debuggee);
    const { state } = machine.computer.processor;
    const before = { rip: state.rip + 3n, rsp: state.gpr(4), cr3: state.cr3, efer: state.efer };
    untilSide(debuggee, 'guest');
    const { host } = target;
    assert.ok(host);
    assert.deepEqual(
      { rip: host.rip, rsp: host.gpr(4), cr3: host.controlRegister(3), efer: host.msr(Msr.EFER) },
      before,
    );
    assert.equal(target.technique.hostPaging.longMode, true);
    assert.throws(() => {
      host.setGpr(RSI, 1n);
    }, /guest/);
    host.rip += 1n;
    untilSide(debuggee, 'hypervisor');
    assert.equal(state.rip, before.rip + 1n);
  });

  it('takes down each #VMEXIT with what it was about', async () => {
    const debuggee = await ownSvm();
    const { target } = debuggee;
    const { exits: words } = target.technique;
    const stop = await debuggee.run.run({ kind: 'continue' }, true);
    assert.equal(stop.kind, 'ended');
    const all = target.trace.before(target.trace.total, 10).reverse();
    assert.deepEqual(
      all.map((exit) => words.title(exit)),
      [
        '#VMEXIT 1: CPUID (leaf 0x0)',
        '#VMEXIT 2: I/O instruction (OUT port 0xe9, 1 byte)',
        '#VMEXIT 3: Nested page fault (guest-physical 0x8123: read, not mapped)',
        '#VMEXIT 4: I/O instruction (OUT port 0xe9, 1 byte)',
        '#VMEXIT 5: HLT',
      ],
    );
    assert.deepEqual(all.map(({ reason }) => words.id(reason)).slice(0, 3), [
      'VMEXIT_CPUID',
      'VMEXIT_IOIO',
      'VMEXIT_NPF',
    ]);
    const [first] = all;
    assert.ok(first);
    assert.equal(words.handler(first), 'run+0xb');
    const port = all[1] && words.information(all[1]).find(({ field }) => field.id === 'PORT');
    assert.equal(port?.value, 0xe9n);
  });

  it('a VMRUN that fails is an exit with each check that failed', async () => {
    const debuggee = await ownSvm((text) => text.replace('[rbx + 0x58], 1 ', '[rbx + 0x58], 0 '));
    const { target } = debuggee;
    const stop = await debuggee.run.run({ kind: 'continue' }, true);
    assert.equal(stop.kind === 'stopped' && stop.reason.kind, 'entry-failure');
    assert.deepEqual(target.technique.entryFailures, [
      { found: 'Guest ASID: 0x0', allowed: 'not 0: ASID 0 is that of the host' },
    ]);
    const { last } = target.trace;
    assert.equal(last && target.technique.exits.title(last), 'VMRUN failed: Invalid guest state');
    assert.deepEqual([...target.trace.totals.keys()].map(target.technique.exits.id), [
      'VMEXIT_INVALID',
    ]);
  });
});
