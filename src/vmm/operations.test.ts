import assert from 'node:assert/strict';
import { Field } from '../isa/vmx/fields';
import { Cost } from './cost';
import type { Host } from './host/host';
import type { Operation } from './operation';
import * as operations from './operations';

/** A host on which every action gives its name and what it was given. */
const named = new Proxy({} as Host, {
  get:
    (_, name) =>
    (...given: unknown[]) =>
      BigInt(`0x${Buffer.from([name, ...given].map(String).join(' ')).toString('hex')}`),
});

/** What an operation asks of the host. */
function asked(operation: Operation): string {
  return Buffer.from(operation.perform(named).toString(16), 'hex').toString();
}

describe('operations', () => {
  it('give their operands to the host as they came', () => {
    const { setGuestRegister, deviceWrite, vmread, vmresume } = operations;
    assert.equal(asked(vmread(Field.GUEST_RIP)), `vmread ${String(Field.GUEST_RIP)}`);
    assert.equal(asked(setGuestRegister(3, 5n)), 'setGuestRegister 3 5');
    assert.equal(asked(deviceWrite(0x20, 1, 0x11)), 'deviceWrite 32 1 17');
    assert.equal(asked(vmresume()), 'enter false');
  });

  it('are written as in assembly', () => {
    const written = ({ name, operands }: Operation): string => `${name} ${operands}`.trim();
    const { vmread, vmwrite, vmxon, wrmsr, walkGuest, rdtsc, deviceWrite } = operations;
    assert.equal(written(vmread(Field.GUEST_RIP)), 'VMREAD GUEST_RIP');
    assert.equal(written(vmwrite(Field.GUEST_RIP, 0x7c00n)), 'VMWRITE GUEST_RIP, 0x7c00');
    assert.equal(written(vmxon(0x2000)), 'VMXON 0x2000');
    assert.equal(written(wrmsr(0x10, 1n)), 'WRMSR 0x10, 0x1');
    assert.equal(written(walkGuest(0x1234n)), 'walk guest-linear 0x1234');
    assert.equal(written(deviceWrite(0x3f8, 1, 65)), 'emulate OUT virtual port 0x3f8, 0x41');
    assert.equal(written(rdtsc()), 'RDTSC');
  });

  it('give 0 where there is no result', () => {
    const silent = { wait: () => undefined } as Host;
    assert.equal(operations.waitForInput().perform(silent), 0n);
  });

  it('say what they are and cost, and which field they touch', () => {
    const { vmread, vmlaunch, stopGuest, rdtsc } = operations;
    assert.deepEqual(vmread(Field.GUEST_CR0).fields, [Field.GUEST_CR0]);
    assert.deepEqual(rdtsc().fields, []);
    assert.equal(rdtsc().kind, 'plain');
    assert.equal(vmlaunch().kind, 'entry');
    assert.equal(vmlaunch().cycles, Cost.VM_ENTRY.cycles);
    const stop = stopGuest({ kind: 'hypercall' });
    assert.deepEqual(
      [stop.kind, stop.end, stop.operands],
      ['end', { kind: 'hypercall' }, 'hypercall'],
    );
  });
});
