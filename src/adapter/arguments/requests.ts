import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SamePlaceArguments, StateArguments } from '../comparison/place-protocol';
import { MACHINE, type MachineArguments } from '../machine-picture/protocol';
import { PAGE_WALK, type PageWalkArguments } from '../page-walk/protocol';
import type { CompareArguments } from '../comparison/protocol';
import {
  CustomRequest,
  type AttendedArguments,
  type InputArguments,
  type KeyChange,
  type KeysArguments,
  type MouseArguments,
  type ScreenArguments,
  type SetNodeValueArguments,
  type SourceSavedArguments,
  type ViewArguments,
} from '../protocol';
import {
  PastRequest,
  type BookmarkArguments,
  type GoToArguments,
  type HistoryArguments,
  type RecentLinesArguments,
  type StoreArguments,
  type StepBackIntoArguments,
  type StepBackOutArguments,
  type TimelineArguments,
} from '../past/protocol';
import { anyObject, choice, count, flag, list, object, optional, text, whole } from './shape';

/** The arguments of each request: what handlers rely on. */

const NOTHING = object({});
/** There is one thread, so that nobody has to name it. */
const THREAD = { threadId: optional(whole), singleThread: optional(flag) };
const GRANULARITY = optional(choice('statement', 'line', 'instruction'));
const STEP = { ...THREAD, granularity: GRANULARITY };
const FORMAT = optional(object<DebugProtocol.ValueFormat>({ hex: optional(flag) }));
const SOURCE = object<Pick<DebugProtocol.Source, 'path' | 'sourceReference'>>({
  path: optional(text),
  sourceReference: optional(whole),
});
/** What breakpoints of every kind may have. */
const OPTIONS = { condition: optional(text), hitCondition: optional(text), mode: optional(text) };
const VIEW = choice(
  'registers',
  'vmcs',
  'translation',
  'tlb',
  'translationCache',
  'exits',
  'machines',
);

const BEGINNING_AND_END = {
  initialize: object<
    Pick<
      DebugProtocol.InitializeRequestArguments,
      'locale' | 'linesStartAt1' | 'columnsStartAt1' | 'supportsProgressReporting'
    >
  >({
    locale: optional(text),
    linesStartAt1: optional(flag),
    columnsStartAt1: optional(flag),
    supportsProgressReporting: optional(flag),
  }),
  launch: anyObject, // a configuration has its own checks: launch-attributes.ts
  attach: anyObject,
  configurationDone: NOTHING,
  restart: object<{ arguments?: object }>({ arguments: optional(anyObject) }),
  terminate: NOTHING,
  disconnect: NOTHING,
  cancel: object<Pick<DebugProtocol.CancelArguments, 'requestId' | 'progressId'>>({
    requestId: optional(whole),
    progressId: optional(text),
  }),
};

const RUNNING = {
  continue: object(THREAD),
  next: object(STEP),
  stepInTargets: object<DebugProtocol.StepInTargetsArguments>({ frameId: whole }),
  stepIn: object({ ...STEP, targetId: optional(whole) }),
  stepOut: object(STEP),
  pause: object(THREAD),
  terminateThreads: object<DebugProtocol.TerminateThreadsArguments>({
    threadIds: optional(list(whole)),
  }),
  threads: NOTHING,
  gotoTargets: object<DebugProtocol.GotoTargetsArguments>({
    source: SOURCE,
    line: whole,
    column: optional(whole),
  }),
  goto: object({ ...THREAD, targetId: whole }),
};

const BREAKPOINTS = {
  setBreakpoints: object<
    Pick<DebugProtocol.SetBreakpointsArguments, 'source' | 'breakpoints' | 'sourceModified'>
  >({
    sourceModified: optional(flag),
    source: SOURCE,
    breakpoints: optional(
      list(
        object<DebugProtocol.SourceBreakpoint>({
          ...OPTIONS,
          line: whole,
          column: optional(whole),
          logMessage: optional(text),
        }),
      ),
    ),
  }),
  setFunctionBreakpoints: object<DebugProtocol.SetFunctionBreakpointsArguments>({
    breakpoints: list(object<DebugProtocol.FunctionBreakpoint>({ ...OPTIONS, name: text })),
  }),
  setInstructionBreakpoints: object<DebugProtocol.SetInstructionBreakpointsArguments>({
    breakpoints: list(
      object<DebugProtocol.InstructionBreakpoint>({
        ...OPTIONS,
        instructionReference: text,
        offset: optional(whole),
      }),
    ),
  }),
  dataBreakpointInfo: object<DebugProtocol.DataBreakpointInfoArguments>({
    name: text,
    variablesReference: optional(whole),
    frameId: optional(whole),
    bytes: optional(count),
    asAddress: optional(flag),
    mode: optional(choice('gva', 'gpa', 'hpa', 'port')),
  }),
  setDataBreakpoints: object<DebugProtocol.SetDataBreakpointsArguments>({
    breakpoints: list(
      object<DebugProtocol.DataBreakpoint>({
        dataId: text,
        accessType: optional(choice('read', 'write', 'readWrite')),
        condition: optional(text),
        hitCondition: optional(text),
      }),
    ),
  }),
  breakpointLocations: object<
    Pick<DebugProtocol.BreakpointLocationsArguments, 'source' | 'line' | 'endLine'>
  >({ source: SOURCE, line: whole, endLine: optional(whole) }),
  setExceptionBreakpoints: object<
    Pick<DebugProtocol.SetExceptionBreakpointsArguments, 'filters' | 'filterOptions'>
  >({
    filters: list(text),
    filterOptions: optional(
      list(
        object<Pick<DebugProtocol.ExceptionFilterOptions, 'filterId' | 'condition'>>({
          filterId: text,
          condition: optional(text),
        }),
      ),
    ),
  }),
  exceptionInfo: object(THREAD),
};

const LOOKING = {
  stackTrace: object({ ...THREAD, startFrame: optional(count), levels: optional(count) }),
  scopes: object<DebugProtocol.ScopesArguments>({ frameId: whole }),
  variables: object({
    variablesReference: whole,
    start: optional(count),
    count: optional(count),
    format: FORMAT,
  }),
  setVariable: object<DebugProtocol.SetVariableArguments>({
    variablesReference: whole,
    name: text,
    value: text,
    format: FORMAT,
  }),
  setExpression: object<DebugProtocol.SetExpressionArguments>({
    expression: text,
    value: text,
    frameId: optional(whole),
    format: FORMAT,
  }),
  evaluate: object({
    expression: text,
    frameId: optional(whole),
    context: optional(text),
    format: FORMAT,
  }),
  completions: object<Pick<DebugProtocol.CompletionsArguments, 'text' | 'column' | 'frameId'>>({
    text,
    column: whole,
    frameId: optional(whole),
  }),
  source: object<Pick<DebugProtocol.SourceArguments, 'source' | 'sourceReference'>>({
    source: optional(SOURCE),
    sourceReference: whole,
  }),
  loadedSources: NOTHING,
  modules: object<DebugProtocol.ModulesArguments>({
    startModule: optional(count),
    moduleCount: optional(count),
  }),
};

const MEMORY = {
  readMemory: object<DebugProtocol.ReadMemoryArguments>({
    memoryReference: text,
    offset: optional(whole),
    count,
  }),
  writeMemory: object<DebugProtocol.WriteMemoryArguments>({
    memoryReference: text,
    offset: optional(whole),
    allowPartial: optional(flag),
    data: text,
  }),
  disassemble: object<
    Pick<
      DebugProtocol.DisassembleArguments,
      'memoryReference' | 'offset' | 'instructionOffset' | 'instructionCount'
    >
  >({
    memoryReference: text,
    offset: optional(whole),
    instructionOffset: optional(whole),
    instructionCount: count,
  }),
};

const OURS = {
  [CustomRequest.VIEW]: object<ViewArguments>({
    view: VIEW,
    frameId: optional(whole),
    node: optional(text),
    format: optional(choice('hexadecimal', 'decimal', 'binary')),
    address: optional(text),
    filter: optional(text),
    groupByReason: optional(flag),
    changedOnly: optional(flag),
  }),
  [CustomRequest.SET_NODE_VALUE]: object<SetNodeValueArguments>({
    view: VIEW,
    node: text,
    frameId: optional(whole),
    value: text,
  }),
  [CustomRequest.WORLD]: NOTHING,
  [CustomRequest.INPUT]: object<InputArguments>({ text }),
  [CustomRequest.SCREEN]: object<ScreenArguments>({ revision: optional(whole) }),
  [CustomRequest.KEYS]: object<KeysArguments>({
    keys: optional(list(object<KeyChange>({ code: text, down: flag }))),
    text: optional(text),
  }),
  [CustomRequest.MOUSE]: object<MouseArguments>({
    dx: whole,
    dy: whole,
    wheel: optional(whole),
    buttons: count,
  }),
  [CustomRequest.ATTENDED]: object<AttendedArguments>({ attended: flag }),
  [PAGE_WALK]: object<PageWalkArguments>({ address: optional(text), frameId: optional(whole) }),
  [MACHINE]: object<MachineArguments>({ frameId: optional(whole) }),
  [CustomRequest.SOURCE_SAVED]: object<SourceSavedArguments>({ path: text }),
  [CustomRequest.STEP_TRANSLATED]: NOTHING,
  [CustomRequest.NEXT_EXIT]: NOTHING,
  [CustomRequest.COMPARE]: object<CompareArguments>({
    configuration: anyObject,
    limit: optional(count),
  }),
  [CustomRequest.PLACE]: NOTHING,
  [CustomRequest.SAME_PLACE]: object<SamePlaceArguments>({
    configuration: anyObject,
    address: text,
    instructions: count,
    way: text,
  }),
  [CustomRequest.STATE]: object<StateArguments>({ deed: optional(list(text)) }),
};

const PAST = {
  restartFrame: object<DebugProtocol.RestartFrameArguments>({ frameId: whole }),
  stepBack: object(STEP),
  reverseContinue: object(THREAD),
  [PastRequest.STEP_BACK_INTO]: object<StepBackIntoArguments>({
    granularity: GRANULARITY,
    threadId: optional(whole),
  }),
  [PastRequest.STEP_BACK_OUT]: object<StepBackOutArguments>({ threadId: optional(whole) }),
  [PastRequest.GO_TO]: object<GoToArguments>({
    to: choice('start', 'present', 'instruction', 'exit', 'bookmark', 'first'),
    number: optional(count),
    condition: optional(text),
    frameId: optional(whole),
    guest: optional(count),
  }),
  [PastRequest.HISTORY]: object<HistoryArguments>({
    from: optional(count),
    to: optional(count),
    stretches: optional(count),
    atEnd: optional(flag),
  }),
  [PastRequest.COVERAGE]: NOTHING,
  [PastRequest.RECENT_LINES]: object<RecentLinesArguments>({ instructions: optional(count) }),
  [PastRequest.NEXT_STORE]: object<StoreArguments>({ dataId: text }),
  [PastRequest.LAST_STORE]: object<StoreArguments>({ dataId: text }),
  [PastRequest.MOMENTS]: NOTHING,
  [PastRequest.SAVE]: NOTHING,
  [PastRequest.BOOKMARK]: object<BookmarkArguments>({
    name: optional(text),
    remove: optional(count),
  }),
  [PastRequest.TIMELINE]: object<TimelineArguments>({ number: count, drop: optional(flag) }),
};

const SHAPES = {
  ...BEGINNING_AND_END,
  ...RUNNING,
  ...BREAKPOINTS,
  ...LOOKING,
  ...MEMORY,
  ...PAST,
  ...OURS,
};

/** Every request that there is. */
export type Command = keyof typeof SHAPES;

export const COMMANDS = Object.keys(SHAPES) as readonly Command[];

export const isCommand = (name: unknown): name is Command =>
  typeof name === 'string' && Object.hasOwn(SHAPES, name);

/** The arguments of a request, checked. @throws RequestError that names the one which is wrong */
export function readArguments(command: Command, found: unknown): object {
  // The path of the arguments themselves is left out of those of their fields.
  if (found === undefined || found === null) return SHAPES[command].read({}, '');
  return SHAPES[command].read(anyObject.read(found, 'arguments'), '');
}
