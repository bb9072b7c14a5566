import type { Machine } from '../../session';
import type { ExitGroup, ProgramPlaces, Technique } from './technique';
import { BuiltInDeprivilege } from './deprivilege/built-in';
import { TRAP_GROUPS } from './deprivilege/trap-groups';
import { CALL_GROUPS } from './translate/call-groups';
import { BuiltInTranslation } from './translate/built-in';
import { BuiltInEmulation } from './emulate/built-in';
import { BuiltInParavirt } from './paravirt/built-in';
import { BuiltInVtx } from './vtx/built-in';
import { BuiltInShadowVtx } from './vtx/built-in-shadow';
import { EXIT_GROUPS } from './vtx/exit-groups';
import { OwnVtx } from './vtx/own';

export { frameMap } from './emulate/frame-map';
export type { SecondLevel, SecondLevelResult, SecondLevelStep } from './second-level';
export type {
  ControlStructure,
  EntryFailure,
  ExitGroup,
  ExitVocabulary,
  ExitWord,
  Side,
  StructureField,
  Technique,
  TlbTags,
} from './technique';
export { holeReason } from './deprivilege/reasons';
export { refusalText } from './paravirt/refusal-words';
export { abortText, failureWords } from './vtx/failures';

/** Filters for the exits of every technique: a client asks for them before it launches anything. */
export const EXIT_FILTERS: readonly ExitGroup[] = [...EXIT_GROUPS, ...TRAP_GROUPS, ...CALL_GROUPS];

/** Where nobody asks for names. */
export const NO_PLACES: ProgramPlaces = { symbol: () => undefined, line: () => undefined };

/** How a machine virtualizes. */
export function techniqueOf(
  machine: Machine,
  places: ProgramPlaces,
  /** The number of a guest of the built-in monitor's. */
  number = 0,
): Technique {
  const vm = machine.vms?.all[number];
  const software = vm?.monitor.host.software;
  if (vm && software && vm.monitor.technique.name === 'emulate') {
    return new BuiltInEmulation(vm, software);
  }
  if (vm?.translated) return new BuiltInTranslation(vm, vm.translated);
  const deprivileged = vm?.monitor.host.deprivileged;
  if (vm && deprivileged) {
    const asks = vm.monitor.host.paravirt !== undefined;
    return asks ? new BuiltInParavirt(vm, deprivileged) : new BuiltInDeprivilege(vm, deprivileged);
  }
  const { intercepts } = machine.options;
  if (vm?.paging === 'shadow') return new BuiltInShadowVtx(vm, intercepts);
  if (vm) return new BuiltInVtx(vm, intercepts);
  return new OwnVtx(machine.computer.processor, places);
}
