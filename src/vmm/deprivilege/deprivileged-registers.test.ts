import assert from 'node:assert/strict';
import { WideRflags } from '../../isa/registers/flags';
import { flagsAfter, flagsFor } from './deprivileged-registers';

const { IF, IOPL, VM, RF, CF, TF, NT, AC } = WideRflags;

describe('the flags of a deprivileged guest', () => {
  it('are the guest’s in the processor, but for those that are the monitor’s', () => {
    assert.equal(flagsFor(CF | AC | IOPL | 2n), CF | AC | IF | 2n);
    assert.equal(flagsFor(VM | 2n), IF | 2n);
  });

  it('come back with what the guest could change, and IF and IOPL as they were', () => {
    const virtual = IOPL | 2n;
    assert.equal(flagsAfter(IF | CF | TF | NT | 2n, virtual, false), IOPL | CF | TF | NT | 2n);
    assert.equal(flagsAfter(IF | 2n, IF | 2n, false), IF | 2n);
  });

  it('come back without the RF of the fault that has led to the monitor, but with the guest’s own', () => {
    assert.equal(flagsAfter(IF | RF | 2n, 2n, true), 2n);
    assert.equal(flagsAfter(IF | RF | 2n, RF | 2n, true), RF | 2n);
    assert.equal(flagsAfter(IF | RF | 2n, RF | 2n, false), 2n);
  });
});
