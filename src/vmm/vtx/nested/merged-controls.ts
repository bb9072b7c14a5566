import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';

/** The controls of a VMCS, as they stand there. */
export interface ControlFields {
  readonly pin: bigint;
  readonly primary: bigint;
  readonly secondary: bigint;
  readonly exit: bigint;
  readonly entry: bigint;
}

const wide = (mask: number): bigint => BigInt(mask >>> 0);

const ACTIVE = wide(PrimaryControl.ACTIVATE_SECONDARY_CONTROLS);
const BITMAPS = wide(PrimaryControl.USE_MSR_BITMAPS);
const IO_BITMAPS = wide(PrimaryControl.USE_IO_BITMAPS);
const IA32E = wide(EntryControl.IA32E_MODE_GUEST);
const TIMER = wide(PinBasedControl.ACTIVATE_PREEMPTION_TIMER);

/** What the monitor cannot let L2 do, whatever L1 allows: the rest of what it asks for at L1 is for people who watch. */
const NEEDED = {
  pin: wide(PinBasedControl.EXTERNAL_INTERRUPT_EXITING),
  primary: wide(
    PrimaryControl.UNCONDITIONAL_IO_EXITING |
      PrimaryControl.MONITOR_EXITING |
      PrimaryControl.MWAIT_EXITING,
  ),
  secondary: wide(SecondaryControl.ENABLE_EPT | SecondaryControl.ENABLE_VPID),
};

/** The secondary controls in effect: 0 unless activated (SDM 3C 25.6.2). */
export const secondaryOf = ({ primary, secondary }: ControlFields): bigint =>
  primary & ACTIVE ? secondary : 0n;

/**
 * The controls of VMCS02. L2 exits where L1 wants it to, and where the monitor needs it. VM exits come to the monitor, so
 * that how they leave L2 is its own: what L1 wants saved and loaded it does itself.
 *
 * @param own those of VMCS01
 * @param wanted those of VMCS12, which have passed their checks
 */
export function mergedControls(own: ControlFields, wanted: ControlFields): ControlFields {
  const byBitmap = own.primary & wanted.primary & BITMAPS;
  const primary = (wanted.primary & ~(IO_BITMAPS | BITMAPS)) | byBitmap | ACTIVE;
  const secondary = secondaryOf(wanted) & ~wide(SecondaryControl.ENABLE_VPID);
  // The timer of L1's goes on where it was, whoever the VM exits between are for.
  const timer = wanted.pin & TIMER ? wide(ExitControl.SAVE_PREEMPTION_TIMER) : 0n;
  return {
    pin: wanted.pin | (own.pin & NEEDED.pin),
    primary: primary | (own.primary & NEEDED.primary),
    secondary: secondary | (own.secondary & NEEDED.secondary),
    exit: own.exit | timer,
    entry: (own.entry & ~IA32E) | (wanted.entry & IA32E),
  };
}
