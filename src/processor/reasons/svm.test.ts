import { prepare } from '../svm/prepared-processor.testing';
import { efer, nothing, rax, row, testReasons, type Setup } from './reasons.testing';

/** An AMD processor in 64-bit mode, with SVM enabled. */
const amd = () => prepare({});
const VMRUN = [0x0f, 0x01, 0xd8];
const disabled: Setup = ({ state }) => {
  state.efer &= ~0x1000n;
};

describe('reasons of AMD’s processors', () => {
  testReasons([
    row('efer-svme', 'EFER.SVME is 0', amd, disabled, ...VMRUN),
    row(
      'vmcb-address',
      'rAX must hold the physical address of a VMCB, 4-KByte aligned and below bit 40: 0x1008',
      amd,
      rax(0x1008),
      ...VMRUN,
    ),
    row('vmmcall', 'VMMCALL exists only in a guest', amd, nothing, 0x0f, 0x01, 0xd9),
    row('not-in-long-mode', 'AMD’s processors do not have', amd, efer(1n), 0x0f, 0x34),
    row('rsm-outside-smm', 'RSM exists in system-management mode only', amd, nothing, 0x0f, 0xaa),
  ]);
});
