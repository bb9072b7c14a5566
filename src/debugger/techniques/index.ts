import * as l10n from '@vscode/l10n';
import type { Machine } from '../../session';
import type { ExitGroup, ProgramPlaces, Technique } from './technique';
import { BuiltInDeprivilege } from './deprivilege/built-in';
import { TRAP_GROUPS } from './deprivilege/trap-groups';
import { CALL_GROUPS } from './translate/call-groups';
import { BuiltInTranslation } from './translate/built-in';
import { BuiltInEmulation } from './emulate/built-in';
import { BuiltInParavirt } from './paravirt/built-in';
import { SVM_GROUPS } from './svm/exit-groups';
import { BuiltInSvm } from './svm/built-in';
import { BuiltInShadowSvm } from './svm/built-in-shadow';
import { OwnSvm } from './svm/own';
import { BuiltInVtx } from './vtx/built-in';
import { BuiltInShadowVtx } from './vtx/built-in-shadow';
import { EXIT_GROUPS } from './vtx/exit-groups';
import { OwnVtx } from './vtx/own';

export { frameMap } from './emulate/frame-map';
export type { Destination, Drawn, Station } from './drawn';
export type {
  SecondLevel,
  SecondLevelAccess,
  SecondLevelResult,
  SecondLevelStep,
} from './second-level';
export type {
  ControlStructure,
  EntryFailure,
  ExitGroup,
  ExitNames,
  ExitVocabulary,
  ExitWord,
  Side,
  StructureField,
  Technique,
  TlbTags,
} from './technique';
export { holeReason } from './deprivilege/reasons';
export { refusalText } from './paravirt/refusal-words';
export { abortText, failureWords } from './failures';
export { guestProcessors } from './guest-processors';

/** Filters for the exits of every technique: a client asks for them before it launches anything. */
export const EXIT_FILTERS: readonly ExitGroup[] = [
  ...EXIT_GROUPS.map(withSvm),
  ...TRAP_GROUPS,
  ...CALL_GROUPS,
];

/** One filter for the same event under VT-x and SVM; where it is called otherwise, by both names. */
function withSvm(group: ExitGroup): ExitGroup {
  const other = SVM_GROUPS.find(({ filter }) => filter === group.filter);
  const label = (): string => {
    const [intel, amd] = [group.label(), other?.label()];
    return amd === undefined || amd === intel ? intel : l10n.t('{0} / {1}', intel, amd);
  };
  return { ...group, label };
}

/** Where nobody asks for names. */
export const NO_PLACES: ProgramPlaces = { symbol: () => undefined, line: () => undefined };

/** How a machine virtualizes. */
export function techniqueOf(
  machine: Machine,
  places: ProgramPlaces,
  /** The number of a guest of the built-in monitor's, or of a processor of the bare computer. */
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
  if (vm?.monitor.technique.name === 'svm') {
    const Way = vm.paging === 'shadow' ? BuiltInShadowSvm : BuiltInSvm;
    return new Way(vm, intercepts);
  }
  if (vm?.paging === 'shadow') return new BuiltInShadowVtx(vm, intercepts);
  if (vm) return new BuiltInVtx(vm, intercepts);
  const { processors } = machine.computer;
  const processor = processors[number] ?? processors[0];
  const Own = processor.state.profile.isAmd ? OwnSvm : OwnVtx;
  return new Own(processor, places);
}
