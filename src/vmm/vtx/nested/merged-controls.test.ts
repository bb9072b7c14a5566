import assert from 'node:assert/strict';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { mergedControls, type ControlFields } from './merged-controls';

const wide = (...masks: number[]): bigint =>
  masks.reduce((all, mask) => all | BigInt(mask >>> 0), 0n);
const NONE: ControlFields = { pin: 0n, primary: 0n, secondary: 0n, exit: 0n, entry: 0n };

const OWN: ControlFields = {
  pin: wide(PinBasedControl.EXTERNAL_INTERRUPT_EXITING),
  primary: wide(
    PrimaryControl.HLT_EXITING,
    PrimaryControl.RDTSC_EXITING,
    PrimaryControl.UNCONDITIONAL_IO_EXITING,
    PrimaryControl.USE_MSR_BITMAPS,
    PrimaryControl.ACTIVATE_SECONDARY_CONTROLS,
  ),
  secondary: wide(SecondaryControl.ENABLE_EPT, SecondaryControl.UNRESTRICTED_GUEST),
  exit: wide(ExitControl.ACKNOWLEDGE_INTERRUPT),
  entry: wide(EntryControl.LOAD_EFER, EntryControl.IA32E_MODE_GUEST),
};

/** What comes of some of L1's, the rest being 0. */
const merged = (wanted: Partial<ControlFields>): ControlFields =>
  mergedControls(OWN, { ...NONE, ...wanted });

const ACTIVE = wide(PrimaryControl.ACTIVATE_SECONDARY_CONTROLS);

describe('the controls of VMCS02', () => {
  it('have interrupts of the host exit, whatever L1 wants (SDM 3C 25.6.1)', () => {
    assert.equal(merged({}).pin, OWN.pin);
    const nmi = wide(PinBasedControl.NMI_EXITING);
    assert.equal(merged({ pin: nmi }).pin, OWN.pin | nmi);
  });

  it('have L2 exit where L1 wants it to, and for ports (SDM 3C 25.6.2)', () => {
    const io = wide(PrimaryControl.UNCONDITIONAL_IO_EXITING);
    assert.equal(merged({}).primary, io | ACTIVE);
    const hlt = wide(PrimaryControl.HLT_EXITING);
    assert.equal(merged({ primary: hlt }).primary, hlt | io | ACTIVE);
  });

  it('use no I/O bitmaps: the monitor reads those of L1 itself (SDM 3C 25.6.4)', () => {
    const bitmaps = wide(PrimaryControl.USE_IO_BITMAPS);
    assert.equal(merged({ primary: bitmaps }).primary & bitmaps, 0n);
  });

  it('use MSR bitmaps where both levels do (SDM 3C 25.6.9)', () => {
    const bitmaps = wide(PrimaryControl.USE_MSR_BITMAPS);
    assert.equal(merged({ primary: bitmaps }).primary & bitmaps, bitmaps);
    assert.equal(merged({}).primary & bitmaps, 0n);
    const all = mergedControls({ ...OWN, primary: 0n }, { ...NONE, primary: bitmaps });
    assert.equal(all.primary & bitmaps, 0n);
  });

  it('count secondary controls of L1 where it activates them, and EPT always', () => {
    const secondary = wide(SecondaryControl.UNRESTRICTED_GUEST, SecondaryControl.ENABLE_VPID);
    const ept = wide(SecondaryControl.ENABLE_EPT);
    assert.equal(merged({ secondary }).secondary, ept);
    const unrestricted = wide(SecondaryControl.UNRESTRICTED_GUEST);
    assert.equal(merged({ primary: ACTIVE, secondary }).secondary, ept | unrestricted);
  });

  it('take the mode from L1, and how VM exits come to the monitor from its own', () => {
    assert.equal(merged({}).entry, wide(EntryControl.LOAD_EFER));
    const entry = wide(EntryControl.IA32E_MODE_GUEST, EntryControl.LOAD_PAT);
    assert.equal(merged({ entry }).entry, OWN.entry);
    assert.equal(merged({ exit: wide(ExitControl.LOAD_PAT) }).exit, OWN.exit);
  });

  it('let the preemption timer of L1 go on behind VM exits that are not for it (SDM 3C 26.5.1)', () => {
    const pin = wide(PinBasedControl.ACTIVATE_PREEMPTION_TIMER);
    const save = wide(ExitControl.SAVE_PREEMPTION_TIMER);
    assert.equal(merged({ pin }).exit, OWN.exit | save);
  });
});
