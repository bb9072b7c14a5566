import { Msr } from '../../isa/registers/msr';
import { DR6_INITIAL } from '../../isa/registers/debug';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { Processor } from '../../processor/processor';
import type { Profile } from '../../processor/profile/profile';
import type { CpuState } from '../../processor/state/cpu-state';
import { VcpuArea } from '../vcpu';
import { AMD_PASSED_THROUGH, PASSED_THROUGH } from './passed-through';

/** Debug registers that neither VM exits nor VM entries switch: DR7 is in the VMCS. */
const DEBUG_REGISTERS = [0, 1, 2, 3, 6] as const;
const msrsOf = ({ isAmd }: Profile): readonly number[] => [
  ...(isAmd ? AMD_PASSED_THROUGH : PASSED_THROUGH),
  Msr.BIOS_SIGN_ID,
];

/** Whether an MSR is among them. */
export const keepsLeft = (number: number, profile: Profile): boolean =>
  msrsOf(profile).includes(number);

/**
 * The registers of a guest's that VM exits leave in the processor (SDM 3C 28.3, 28.5), while another guest has it: the
 * x87 and vector registers with XCR0 and PKRU, CR2, CR8, debug registers, and the MSRs that the monitor does not use
 * itself. They lie in a page frame of the monitor's memory.
 */
export class LeftRegisters {
  private readonly area: VcpuArea;

  /**
   * @param memory the host's
   * @param frame host-physical address of the page frame
   * @param units the x87 and vector registers with which the guest begins
   */
  constructor(memory: PhysicalMemory, frame: number, profile: Profile, units: Uint8Array) {
    this.area = new VcpuArea(memory, frame, profile);
    const { state } = this;
    state.units.set(units);
    state.dr[6] = DR6_INITIAL;
    for (const number of msrsOf(profile)) state.setMsr(number, profile.msrReset(number));
  }

  /** In place. */
  get state(): CpuState {
    return this.area.state;
  }

  saveFrom({ state }: Processor): void {
    copy(state, this.state);
  }

  loadInto(cpu: Processor): void {
    copy(this.state, cpu.state);
    cpu.updateDerivedState();
  }
}

function copy(from: CpuState, to: CpuState): void {
  to.units.set(from.units);
  to.cr2 = from.cr2;
  to.cr8 = from.cr8;
  for (const number of DEBUG_REGISTERS) to.dr[number] = from.dr[number] ?? 0n;
  for (const number of msrsOf(from.profile)) to.setMsr(number, from.msr(number));
}
