import * as l10n from '@vscode/l10n';
import type { ExpressionContext } from '../debugger/expressions';
import { callStack, type Frame } from '../debugger/places/stack';
import { Views } from '../debugger/views/views';
import type { Debuggee } from '../debugger/debuggee';
import type { Condition } from '../debugger/run/breakpoints';
import type { StopReason } from '../debugger/run/stop';
import type { BreakpointStore } from './breakpoints/breakpoint-store';
import { ClientFormat } from './client-format';
import type { AdapterHost } from './host';
import { ShippedSources } from './shipped-sources';
import { OutputBuffer } from './output-buffer';
import { CustomEvent, type LaunchArguments } from './protocol';
import { RequestError } from './request-error';
import type { OpenImages } from './running/open-images';
import { Pasting } from './screen/pasting';
import { ScreenWatch } from './screen/screen-watch';
import { TextMirror } from './screen/text-mirror';
import { focusValue } from './inspect/focus-value';
import type { VariableSource } from './inspect/variable-source';

/** The only thread: the virtual machine has one virtual processor. */
export const THREAD_ID = 1;

/** Frame ids of different stops never meet. */
const FRAMES_PER_STOP = 1000;

/** Variables that a client may ask for, and what their expressions mean. */
export interface VariableStore {
  readonly rows: VariableSource;
  readonly world: ExpressionContext;
}

/** What the request families of one session share. */
export class SessionContext {
  readonly client = new ClientFormat();
  readonly shippedSources: ShippedSources;
  readonly output: OutputBuffer;
  readonly screen: ScreenWatch;
  readonly mirror: TextMirror;
  readonly pasting = new Pasting({
    ready: () =>
      this.current?.run.isRunning === true && this.current.machine.platform.keyboard.backlog === 0,
    press: (scancodes) => this.current?.type(scancodes),
  });
  breakpoints: BreakpointStore | undefined;
  /** Exception filters that are on, with their conditions; undefined until the client has told. */
  exceptionFilters: ReadonlyMap<string, Condition> | undefined;
  launchArguments: LaunchArguments | undefined;
  stop: StopReason | undefined;
  /** Whether it was said that source and processor disagree about the mode of code. */
  warnedOfMode = false;
  /** Whether it was said that nothing can wake the guest. */
  toldOfSleep = false;
  /** The custom views of the present debuggee. */
  views: Views | undefined;
  private current: Debuggee | undefined;
  private stops = 0;
  private frameCache: Frame[] | undefined;
  private readonly sources = new Map<number, VariableStore>();
  private nextReference = 1;

  constructor(
    readonly host: AdapterHost,
    private readonly sendEvent: (event: string, body: unknown) => void,
  ) {
    this.shippedSources = new ShippedSources(host.shippedSources ?? {});
    this.output = new OutputBuffer((text) => {
      this.print(text, 'stdout');
    });
    this.mirror = new TextMirror((text) => {
      this.print(text, 'stdout');
    });
    this.screen = new ScreenWatch((event, body) => {
      this.send(event, body);
    });
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
    if (saved) void saved.then(end);
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
    this.views =
      debuggee &&
      new Views(debuggee.target, (text, focus) => focusValue(debuggee.target, text, focus));
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
    this.frameCache = undefined;
    this.sources.clear();
  }

  /**
   * The same stop, but something was edited: frames are computed anew under the same ids. Only an edit
   * that leads elsewhere takes the client to its source: whoever types in the console goes on typing there.
   */
  edited(): void {
    const before = this.frameCache?.map(placeOf);
    this.frameCache = undefined;
    const moved = before !== undefined && before.join() !== this.frames.map(placeOf).join();
    this.send('invalidated', { areas: [moved ? 'all' : 'variables'] });
    this.send(CustomEvent.CHANGED, {});
  }

  get frames(): readonly Frame[] {
    return (this.frameCache ??= callStack(this.debuggee.target));
  }

  frameId(index: number): number {
    return (this.stops % 1_000_000) * FRAMES_PER_STOP + index + 1;
  }

  /** The frame of an id; the topmost when there is none. @throws RequestError for frames of another stop */
  frame(id: number | undefined): Frame {
    const index = id === undefined ? 0 : id - this.frameId(0);
    const frame = this.frames[index];
    if (!frame) throw new RequestError(l10n.t('this stack frame is no longer there'));
    return frame;
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
