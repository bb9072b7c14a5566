import { Field } from '../../isa/vmx/fields';
import type { Handler } from '../operation';
import {
  armHostTimer,
  hostOut,
  restoreGuestRegisters,
  saveGuestRegisters,
  stopGuest,
  vmclear,
  vmlaunch,
  vmptrld,
  vmread,
  vmresume,
  vmxon,
} from '../operations';
import type { Technique } from '../technique';
import { EXIT_HANDLERS } from './exits';
import { handleUnexpected } from './exits/shutdown';
import { deliverPendingInterrupt } from './inject';
import { writeControls, writeGuestState, writeHostState, type VmcsPlan } from './vmcs-setup';

/** Host-physical addresses of the two regions that VMX needs. */
export interface VmxRegions {
  readonly vmxon: number;
  readonly vmcs: number;
}

/** Bit 31 of the exit reason: the VM entry failed (SDM 3C 25.9.1). */
const ENTRY_FAILED = 1n << 31n;

/** Virtualization with VT-x: the guest runs in VMX non-root operation and comes back by VM exits. */
export class VtxTechnique implements Technique {
  readonly name = 'vtx';

  constructor(
    private readonly regions: VmxRegions,
    private readonly plan: VmcsPlan,
  ) {}

  *prepare(): Handler {
    yield* initializeInterruptController();
    yield vmxon(this.regions.vmxon);
    yield vmclear(this.regions.vmcs);
    yield vmptrld(this.regions.vmcs);
    yield* writeControls(this.plan);
    yield* writeHostState(this.plan);
    yield* writeGuestState(this.plan);
    yield restoreGuestRegisters();
    const error = yield vmlaunch();
    if (error !== 0n) yield stopGuest(`VMLAUNCH failed: VM-instruction error ${String(error)}`);
  }

  handle(): Handler {
    return handleExit();
  }
}

/** What every VM exit comes to. */
export function* handleExit(): Handler {
  yield saveGuestRegisters();
  const reason = yield vmread(Field.VM_EXIT_REASON);
  const basic = Number(reason & 0xffffn);
  const handler = EXIT_HANDLERS.get(basic)?.handle;
  if (reason & ENTRY_FAILED) {
    yield stopGuest(`VM entry failed: exit reason ${String(basic)}`);
    return;
  }
  if (handler) yield* handler();
  else yield* handleUnexpected(basic);
  yield* deliverPendingInterrupt();
  yield armHostTimer();
  yield restoreGuestRegisters();
  const error = yield vmresume();
  if (error !== 0n) yield stopGuest(`VMRESUME failed: VM-instruction error ${String(error)}`);
}

/** The host's own 8259 pair: vectors 0x20 to 0x2f, and nothing but the timer let through. */
function* initializeInterruptController(): Handler {
  yield hostOut(0x20, 1, 0x11);
  yield hostOut(0xa0, 1, 0x11);
  yield hostOut(0x21, 1, 0x20);
  yield hostOut(0xa1, 1, 0x28);
  yield hostOut(0x21, 1, 0x04);
  yield hostOut(0xa1, 1, 0x02);
  yield hostOut(0x21, 1, 0x01);
  yield hostOut(0xa1, 1, 0x01);
  yield hostOut(0x21, 1, 0xfe);
  yield hostOut(0xa1, 1, 0xff);
}
