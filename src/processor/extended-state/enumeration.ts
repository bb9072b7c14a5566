import { Msr } from '../../isa/registers/msr';
import { EXTENDED_COMPONENTS, compactedLayout, standardSize } from '../../isa/xsave-area';
import { Units } from '../state/layout';
import type { CpuState } from '../state/cpu-state';

/** What CPUID.0DH tells of state components beside the features in its subleaf 1 (SDM 1 13.2). */
export interface StateEnumeration {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

const NOTHING: StateEnumeration = { eax: 0, ebx: 0, ecx: 0, edx: 0 };

export function enumerateState(state: CpuState, subleaf: number): StateEnumeration {
  const { profile } = state;
  if (!profile.has('XSAVE')) return NOTHING;
  const enabled = state.slot(Units.XCR0);
  if (subleaf === 0) {
    return {
      eax: Number(profile.xcr0),
      ebx: standardSize(enabled),
      ecx: standardSize(profile.xcr0),
      edx: 0,
    };
  }
  if (subleaf === 1) {
    const compacts = profile.has('XSAVEC');
    return { ...NOTHING, ebx: compacts ? compactedLayout(enabled | state.msr(Msr.XSS)).size : 0 };
  }
  const component = EXTENDED_COMPONENTS.find(({ number }) => number === subleaf);
  if (!component || !(profile.xcr0 & component.mask)) return NOTHING;
  return { ...NOTHING, eax: component.size, ebx: component.offset, ecx: component.aligned ? 2 : 0 };
}
