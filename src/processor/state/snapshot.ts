import type { AddressSpacesState } from '../guest-mode/address-spaces';
import type { StartUpState } from '../events/start-up';
import type { ExternalSignalsState } from '../events/external-signals';
import type { TlbState } from '../paging/tlb';
import type { ProgressState } from '../execution/progress';
import type { SavedRegisters } from './saved-registers';
import type { SvmState } from '../svm/unit';
import type { VmxState } from '../vmx/unit';

/** The whole state of a processor between two instructions. */
export interface ProcessorSnapshot {
  readonly registers: SavedRegisters;
  readonly vmx: VmxState;
  readonly svm: SvmState;
  readonly spaces: AddressSpacesState;
  readonly signals: ExternalSignalsState;
  readonly tlb: TlbState;
  readonly progress: ProgressState;
  readonly addressLine20: boolean;
  readonly startUp: StartUpState;
}
