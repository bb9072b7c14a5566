import { Msr } from '../../../isa/registers/msr';
import { FeatureControl } from '../../../isa/registers/msr-fields';
import type { SwitchedMsr } from '../../hardware/vcpu';
import { readVcpu, writeVcpu } from '../../operations';
import type { NestedVtx } from './nested-vtx';

const { LOCK, VMX_OUTSIDE_SMX } = FeatureControl;

/** MSRs that come with VMX (SDM 3D appendix A, 3C 24.7), as L1 has them; undefined for others. */
export function vmxMsr({ capabilities }: NestedVtx, number: number): SwitchedMsr | undefined {
  if (number === Msr.FEATURE_CONTROL) return FEATURE_CONTROL;
  const value = capabilities.msrs.get(number);
  if (value === undefined) return undefined;
  return {
    *read() {
      return value;
    },
  };
}

/** Once it is locked it stays as it is. There is neither SMX nor SGX, so that all other bits are reserved. */
const FEATURE_CONTROL: SwitchedMsr = {
  *read() {
    return yield readVcpu('feature_control');
  },
  *write(value) {
    if (value & ~(LOCK | VMX_OUTSIDE_SMX)) return false;
    if ((yield readVcpu('feature_control')) & LOCK) return false;
    yield writeVcpu('feature_control', value);
    return true;
  },
};
