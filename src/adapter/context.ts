import * as l10n from '@vscode/l10n';
import type { ExpressionContext } from '../debugger/expressions';
import { callStack, type Frame } from '../debugger/places/stack';
import { Views } from '../debugger/views/views';
import type { Target } from '../debugger/target';
import type { Debuggee } from '../debugger/debuggee';
import type { Condition } from '../debugger/run/reaction';
import type { StopReason } from '../debugger/run/stop';
import type { BreakpointStore } from './breakpoints/breakpoint-store';
import { ClientFormat } from './client-format';
import { EditedSources } from './edits/edited-sources';
import { Endings } from './endings';
import type { AdapterHost } from './host';
import { ShippedSources } from './shipped-sources';
import { GuestOutput } from './guest-output';
import { CustomEvent, type LaunchArguments } from './protocol';
import { RequestError } from './request-error';
import type { SourceTexts } from './running/source-texts';
import type { OpenImages } from './running/open-images';
import { Pasting } from './screen/pasting';
import { ScreenWatch } from './screen/screen-watch';
import { TextMirror } from './screen/text-mirror';
import { focusValue } from './inspect/focus-value';
import type { VariableSource } from './inspect/variable-source';

/** The thread that a guest is: its virtual processor. */
export const threadId = (guest: number): number => guest + 1;

/** The guest that a thread is; undefined for none. */
export const guestOfThread = (id: number | undefined): number | undefined =>
  id === undefined ? undefined : id - 1;

/** Frame ids of different stops, and of different threads, never meet. */
const FRAMES_PER_THREAD = 1000;
const FRAMES_PER_STOP = 64 * FRAMES_PER_THREAD;
const STOPS = 100_000;

/** A frame with the stack that it is in. */
export interface PlacedFrame {
  readonly target: Target;
  readonly frames: readonly Frame[];
  readonly frame: Frame;
}

/** Variables that a client may ask for, and what their expressions mean. */
export interface VariableStore {
  readonly rows: VariableSource;
  readonly world: ExpressionContext;
}

/** What the request families of one session share. */
export class SessionContext {
  readonly client = new ClientFormat();
  readonly shippedSources: ShippedSources;
  readonly output: GuestOutput;
  readonly screen: ScreenWatch;
  readonly mirror: TextMirror;
  /** Requests that are answered when the debuggee ends. */
  readonly endings = new Endings();
  readonly pasting = new Pasting({
    ready: () =>
      this.current?.run.isRunning === true && this.current.machine.platform.keyboard.backlog === 0,
    press: (scancodes) => this.current?.type(scancodes),
  });
  breakpoints: BreakpointStore | undefined;
  /** Exception filters that are on, with their conditions; undefined until the client has told. */
  exceptionFilters: ReadonlyMap<string, Condition> | undefined;
  launchArguments: LaunchArguments | undefined;
  /** Those of a session that has opened a recording. */
  attachArguments: object | undefined;
  /** What the present programs were assembled from. */
  private texts: SourceTexts = new Map();
  /** Which of it reads otherwise by now. */
  edits: EditedSources;
  stop: StopReason | undefined;
  /** Whether it was said that source and processor disagree about the mode of code. */
  warnedOfMode = false;
  /** Whether it was said that nothing can wake the guest. */
  toldOfSleep = false;
  /** The custom views of the present debuggee, for each of its guests. */
  views: readonly Views[] = [];
  private current: Debuggee | undefined;
  private stops = 0;
  private readonly frameCache = new Map<number, Frame[]>();
  private readonly sources = new Map<number, VariableStore>();
  private nextReference = 1;

  constructor(
    readonly host: AdapterHost,
    private readonly sendEvent: (event: string, body: unknown) => void,
  ) {
    this.shippedSources = new ShippedSources(host.shippedSources ?? {});
    this.edits = new EditedSources(host.files);
    this.output = new GuestOutput((text) => {
      this.print(text, 'stdout');
    });
    this.mirror = new TextMirror((text) => {
      this.print(text, 'stdout');
    });
    this.screen = new ScreenWatch((event, body) => {
      this.send(event, body);
    });
  }

  get sourceTexts(): SourceTexts {
    return this.texts;
  }

  set sourceTexts(texts: SourceTexts) {
    this.texts = texts;
    this.edits = new EditedSources(this.host.files, texts);
  }

  /** The number by which a client knows a line of the program's, or of what comes with Ringside. */
  clientLine(file: string, line: number): number {
    return this.client.toClientLine(this.edits.toPresent(file, line));
  }

  /** The line of a file that a client means. */
  lineOf(file: string, line: number): number {
    return this.edits.toAssembled(file, this.client.fromClientLine(line));
  }

  get debuggeeIfAny(): Debuggee | undefined {
    return this.current;
  }

  /** The session is over: nothing is launched in it any more. */
  ended = false;
  private attends = false;

  /** Whether a person plays with the guest, with the next one too if this one is started anew. */
  set attended(attended: boolean) {
    this.attends = attended;
    if (this.current) this.current.attended = attended;
  }

  /** The debuggee has begun: before that it is only looked at. */
  begun = false;
  private saidTerminated = false;

  /** Tells the client. The last thing that it hears of is `terminated`. */
  readonly send = (event: string, body: unknown): void => {
    if (this.saidTerminated) return;
    this.saidTerminated = event === 'terminated';
    this.sendEvent(event, body);
  };

  /** The session is over, whoever has ended it: the guest or the client. */
  terminated(): void {
    this.ended = true;
    this.pasting.stop();
    const end = (): void => {
      this.send('terminated', undefined);
    };
    const saved = this.saveImages();
    const told = this.endings.tell();
    if (saved || told) void Promise.all([saved, told]).then(end);
    else end();
  }

  /** The image files that are written when the session ends. */
  images: OpenImages | undefined;
  private saving: Promise<void> | undefined;

  /** Writes what the guest has written since the last time; undefined where nothing is to be waited for. */
  saveImages(): Promise<void> | undefined {
    const { images } = this;
    if (images) this.saving = this.save(images, this.saving);
    return this.saving;
  }

  private async save(images: OpenImages, before: Promise<void> | undefined): Promise<void> {
    this.current?.run.pause();
    const save = images.collect();
    await before;
    for (const trouble of await save()) this.print(`${trouble}\n`, 'important');
  }

  /** @throws RequestError when nothing has been launched */
  get debuggee(): Debuggee {
    if (!this.current) throw new RequestError(l10n.t('no program is being debugged'));
    return this.current;
  }

  setDebuggee(debuggee: Debuggee | undefined): void {
    this.current?.run.pause();
    this.current = debuggee;
    if (debuggee) debuggee.attended = this.attends;
    this.begun = false;
    this.output.begin(debuggee && debuggee.guests.length > 1 ? debuggee.names : []);
    this.views = (debuggee?.targets ?? []).map(
      (target) => new Views(target, (text, focus) => focusValue(target, text, focus), debuggee),
    );
    this.pasting.stop();
    const vga = debuggee?.machine.platform.vga;
    this.screen.watch(vga);
    this.mirror.watch(vga);
    this.stop = undefined;
    this.stateChanged();
  }

  /** Text for the debug console. */
  print(
    output: string,
    category: 'stdout' | 'console' | 'stderr' | 'important',
    more: object = {},
  ): void {
    this.send('output', { category, output, ...more });
  }

  /** A bug of ours: says where. */
  printBug(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.print(`${stack}\n`, 'stderr');
  }

  /** Frames and variables of the last stop are void. */
  stateChanged(): void {
    this.stops++;
    this.frameCache.clear();
    this.sources.clear();
  }

  /**
   * The same stop, but something was edited: frames are computed anew under the same ids. Only an edit
   * that leads elsewhere takes the client to its source: whoever types in the console goes on typing there.
   */
  edited(): void {
    this.debuggee.edited();
    const { number } = this.debuggee.target;
    const before = this.frameCache.get(number)?.map(placeOf);
    this.frameCache.clear();
    const now = this.framesOf(number).map(placeOf);
    const moved = before !== undefined && before.join() !== now.join();
    this.send('invalidated', { areas: [moved ? 'all' : 'variables'] });
    this.send(CustomEvent.CHANGED, {});
  }

  /** The call stack of a guest. */
  framesOf(guest: number): readonly Frame[] {
    const known = this.frameCache.get(guest);
    if (known) return known;
    const frames = callStack(this.targetOf(guest));
    this.frameCache.set(guest, frames);
    return frames;
  }

  /** A guest by its number. @throws RequestError where there is none of it */
  targetOf(guest: number): Target {
    const target = this.debuggee.targets[guest];
    if (!target) throw new RequestError(l10n.t('there is no such thread'));
    return target;
  }

  frameId(guest: number, index: number): number {
    const stop = (this.stops % STOPS) * FRAMES_PER_STOP;
    return stop + guest * FRAMES_PER_THREAD + index + 1;
  }

  /** The frame of an id. @throws RequestError for frames of another stop */
  frame(id: number): PlacedFrame {
    const place = id - this.frameId(0, 0);
    const guest = Math.floor(place / FRAMES_PER_THREAD);
    const target = this.debuggee.targets[guest];
    const frames = target && this.framesOf(guest);
    const frame = frames?.[place - guest * FRAMES_PER_THREAD];
    if (!target || !frame) throw new RequestError(l10n.t('this stack frame is no longer there'));
    return { target, frames, frame };
  }

  /** A reference under which a client can ask for the variables of a source, until the guest goes on. */
  reference(rows: VariableSource, world: ExpressionContext): number {
    const reference = this.nextReference++;
    this.sources.set(reference, { rows, world });
    return reference;
  }

  source(reference: number): VariableStore {
    const source = this.sources.get(reference);
    if (!source) throw new RequestError(l10n.t('these variables are no longer there'));
    return source;
  }

  dispose(): void {
    this.ended = true;
    this.setDebuggee(undefined);
  }
}

/** What tells frames apart: where they stand, and what they are called. */
function placeOf(frame: Frame): string {
  return frame.kind === 'code' ? `${frame.name} ${String(frame.address)}` : frame.name;
}
