import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ScreenResponse } from '../../src/adapter/protocol';
import { AdapterProcess, type Client } from './client';
import { ROOT } from './cli-bundle';
import { Printer } from './printer';

/** Where the guests of the transcripts lie; names in scripts are relative to it. */
const GUESTS = join(ROOT, 'test/transcripts/guests');
const SAMPLES = join(ROOT, 'samples');

/** 'each.asm' is a guest of the transcripts, 'samples/rings/kernel.asm' one that ships. */
const guestPath = (name: string): string => join(name.startsWith('samples/') ? ROOT : GUESTS, name);

/** Deeper stacks are cut off. */
const MOST_FRAMES = 8;

/** One session of a script, with what it last showed. */
class Session {
  private frames: DebugProtocol.StackFrame[] = [];
  private locale = 'en';
  private launched: Promise<DebugProtocol.Response> | undefined;
  private sources = new Map<string, DebugProtocol.SourceBreakpoint[]>();

  constructor(
    readonly client: Client,
    private readonly printer: Printer,
  ) {}

  private get threadId(): { threadId: number } {
    return { threadId: 1 };
  }

  private frameId(index = 0): number | undefined {
    return this.frames[index]?.id;
  }

  async perform(verb: string, rest: string): Promise<void> {
    switch (verb) {
      case 'initialize':
        await this.show('initialize', json(rest));
        return;
      case 'language':
        this.locale = rest;
        return;
      case 'launch':
        return this.launch(rest);
      case 'go':
        return this.go();
      case 'break':
        return this.breakpoint(rest);
      case 'continue':
      case 'next':
      case 'stepIn':
      case 'stepOut':
      case 'stepBack':
      case 'reverseContinue':
      case 'pause':
        await this.quiet(verb, { ...this.threadId, ...json(rest) });
        return this.untilStop();
      case 'repeat': {
        const [times = '1', command = 'next'] = rest.split(' ');
        for (let n = 0; n < Number(times); n++) {
          await this.quiet(command, this.threadId);
          await this.client.until(({ event }) => event === 'stopped');
        }
        return this.stack();
      }
      case 'hangUp':
        this.client.hangUp();
        return;
      case 'run':
        await this.quiet('continue', this.threadId);
        return;
      case 'wait':
        return this.untilStop();
      case 'jump':
        return this.jump(rest);
      case 'stack':
        return this.stack();
      case 'eval':
      case 'watch':
      case 'hover':
        return this.evaluate(verb === 'eval' ? 'repl' : verb, rest);
      case 'variables':
        return this.variables(rest);
      case 'unfold':
        return this.unfold(rest);
      case 'set':
        return this.setVariable(rest);
      case 'view':
        return this.view(rest);
      case 'without-screen':
        this.printer.tellsOfScreen = false;
        return;
      case 'screen':
        return this.screen();
      case 'output':
        return this.untilOutput(rest);
      case 'request': {
        const [command = '', ...args] = rest.split(' ');
        await this.show(command, this.withFrame(json(args.join(' '))));
        return;
      }
      default:
        throw new Error(`unknown verb ${verb}`);
    }
  }

  private withFrame(args: Record<string, unknown>): Record<string, unknown> {
    const { frameId } = args;
    if (typeof frameId === 'number') return { ...args, frameId: this.frameId(frameId) };
    const text = JSON.stringify(args).replaceAll('<guests>', GUESTS.replaceAll('\\', '/'));
    return JSON.parse(text) as Record<string, unknown>;
  }

  private async show(command: string, args: unknown): Promise<DebugProtocol.Response> {
    const response = await this.client.request(command, args);
    this.printer.response(response);
    return response;
  }

  /** A request whose answer says nothing, unless it fails. */
  private async quiet(command: string, args: unknown): Promise<DebugProtocol.Response> {
    const response = await this.client.request(command, args);
    if (!response.success) this.printer.response(response);
    return response;
  }

  /** Up to the point where breakpoints can be set, or the launch has failed. */
  private async launch(rest: string): Promise<void> {
    const [guest = '', ...options] = rest.split(' ');
    await this.quiet('initialize', { adapterID: 'ringside', locale: this.locale });
    const program = guest === '-' ? undefined : guestPath(guest);
    const args = {
      memory: '8M',
      ...(program !== undefined && { program }),
      ...json(options.join(' ').replaceAll('<guests>', GUESTS)),
    };
    this.launched = this.client.request('launch', args);
    const initialized = this.client.seen(({ event }) => event === 'initialized');
    const first = await Promise.race([this.launched, initialized]);
    initialized.catch(() => undefined); // after a failed launch it never comes
    this.printer.events(this.client.events.splice(0));
    if (typeof first !== 'number') this.printer.response(first);
  }

  private async go(): Promise<void> {
    await this.quiet('configurationDone', {});
    const response = await this.launched;
    if (response && !response.success) this.printer.response(response);
    return this.untilStop();
  }

  private async breakpoint(rest: string): Promise<void> {
    const match = /^(\S+):(\d+)\s*(\{.*\})?$/.exec(rest);
    if (!match) throw new Error(`break ${rest}`);
    const [, file = '', line, options] = match;
    const path = file.startsWith('ringside/') ? file : guestPath(file);
    const list = [
      ...(this.sources.get(path) ?? []),
      { line: Number(line), ...json(options ?? '') },
    ];
    this.sources.set(path, list);
    const response = await this.quiet('setBreakpoints', { source: { path }, breakpoints: list });
    const body = response.body as DebugProtocol.SetBreakpointsResponse['body'];
    this.printer.breakpoint(body.breakpoints[body.breakpoints.length - 1]);
  }

  /** Jump to cursor, and nothing shown of it. */
  private async jump(rest: string): Promise<void> {
    const [file = '', line] = rest.split(':');
    const args = { source: { path: guestPath(file) }, line: Number(line) };
    const { body } = await this.quiet('gotoTargets', args);
    const [target] = (body as DebugProtocol.GotoTargetsResponse['body']).targets;
    await this.quiet('goto', { ...this.threadId, targetId: target?.id });
    await this.client.until(({ event }) => event === 'stopped');
    await this.fetchFrames();
  }

  /** Everything up to the next stop or the end, and the stack there. */
  private async untilStop(): Promise<void> {
    const events = await this.client.until(
      ({ event }) => event === 'stopped' || event === 'terminated',
    );
    this.printer.events(events);
    if (events[events.length - 1]?.event === 'stopped') await this.stack();
  }

  private async untilOutput(text: string): Promise<void> {
    let seen = '';
    const events = await this.client.until((event) => {
      if (event.event === 'output') seen += (event.body as { output: string }).output;
      return seen.includes(text);
    });
    this.printer.events(events);
  }

  private async fetchFrames(): Promise<void> {
    const response = await this.client.request('stackTrace', this.threadId);
    const body = response.body as DebugProtocol.StackTraceResponse['body'] | undefined;
    this.frames = body?.stackFrames ?? [];
  }

  private async stack(): Promise<void> {
    await this.fetchFrames();
    for (const frame of this.frames.slice(0, MOST_FRAMES)) {
      this.printer.frame(frame, await this.sourceLine(frame));
    }
    const more = this.frames.length - MOST_FRAMES;
    if (more > 0) this.printer.line(`    … ${String(more)} more`);
  }

  private readonly texts = new Map<number, Promise<DebugProtocol.Response>>();

  /** What stands in the line, for sources that the adapter itself has: their lines move with every edit. */
  private async sourceLine({
    source,
    line,
  }: DebugProtocol.StackFrame): Promise<string | undefined> {
    const sourceReference = source?.sourceReference ?? 0;
    if (sourceReference === 0) return undefined;
    let text = this.texts.get(sourceReference);
    if (!text) {
      text = this.client.request('source', { source, sourceReference });
      this.texts.set(sourceReference, text);
    }
    const { content } = (await text).body as DebugProtocol.SourceResponse['body'];
    return content.split('\n')[line - 1]?.trim();
  }

  private async evaluate(context: string, rest: string): Promise<void> {
    const match = /^(?:@(\d+)\s+)?(.*)$/.exec(rest);
    const frameId = this.frameId(Number(match?.[1] ?? 0));
    const args = { expression: match?.[2] ?? '', context, frameId };
    const response = await this.client.request('evaluate', args);
    const body = response.body as DebugProtocol.EvaluateResponse['body'];
    this.printer.line(response.success ? `  ${body.result}` : `  error: ${response.message ?? ''}`);
  }

  /**
   * The variables of a scope, by a part of its name; `@1` is the second frame. `sse > xmm0 > f32` unfolds
   * variables by their names.
   */
  private async variables(rest: string): Promise<void> {
    for (const [name, variablesReference] of await this.unfolded(rest)) {
      this.printer.line(`  ${name}`);
      for (const variable of await this.children(variablesReference))
        this.printer.line(`    ${variable.name} = ${variable.value}`);
    }
  }

  /** Where a path through scopes and variables leads, with its name. */
  private async unfolded(rest: string): Promise<(readonly [string, number])[]> {
    const match = /^(?:@(\d+)\s+)?(.*)$/.exec(rest);
    const frameId = this.frameId(Number(match?.[1] ?? 0));
    const [scope = '', ...path] = (match?.[2] ?? '').split(' > ');
    const scopes = await this.client.request('scopes', { frameId });
    const body = scopes.body as DebugProtocol.ScopesResponse['body'];
    const found = body.scopes.filter(({ name }) =>
      name.toLowerCase().includes(scope.toLowerCase()),
    );
    return Promise.all(
      found.map(async ({ name, variablesReference }) => {
        let reference = variablesReference;
        for (const part of path) {
          const inside = await this.children(reference);
          reference = inside.find((child) => child.name === part)?.variablesReference ?? 0;
        }
        return [[name, ...path].join(' > '), reference] as const;
      }),
    );
  }

  private async children(variablesReference: number): Promise<DebugProtocol.Variable[]> {
    const response = await this.client.request('variables', { variablesReference });
    return (response.body as DebugProtocol.VariablesResponse['body']).variables;
  }

  /** What a watch or a hover unfolds into. */
  private async unfold(expression: string): Promise<void> {
    const args = { expression, context: 'hover', frameId: this.frameId() };
    const response = await this.client.request('evaluate', args);
    const { variablesReference } = response.body as DebugProtocol.EvaluateResponse['body'];
    if (variablesReference === 0) this.printer.line('  nothing to unfold');
    else
      for (const { name, value } of await this.children(variablesReference))
        this.printer.line(`    ${name} = ${value}`);
  }

  /** `set sse > mxcsr = 0x1f80`: as in the Variables view. */
  private async setVariable(rest: string): Promise<void> {
    const [, path = '', name = '', value = ''] = /^(.*) > (.*?) = (.*)$/.exec(rest) ?? [];
    const [[, variablesReference] = ['', 0]] = await this.unfolded(path);
    const response = await this.client.request('setVariable', { variablesReference, name, value });
    const body = response.body as DebugProtocol.SetVariableResponse['body'];
    this.printer.line(response.success ? `  ${body.value}` : `  error: ${response.message ?? ''}`);
  }

  private revision: number | undefined;

  /** The guest's screen, as a client asks for it that has the one before. */
  private async screen(): Promise<void> {
    const { revision } = this;
    const response = await this.client.request('ringside/screen', { revision });
    const body = response.body as ScreenResponse;
    this.revision = body.revision;
    if (body.screen) this.printer.screen(body.screen);
    else this.printer.line('  unchanged');
  }

  private async view(rest: string): Promise<void> {
    const [view, node] = rest.split(' ');
    const response = await this.client.request('ringside/view', { view, ...(node && { node }) });
    const body = response.body as {
      nodes?: { label: string; description?: string }[];
      message?: string;
    };
    if (!response.success || body.message)
      this.printer.line(`  ${body.message ?? response.message ?? ''}`);
    for (const { label, description } of body.nodes ?? []) {
      this.printer.line(`  ${label}${description ? `: ${description}` : ''}`);
    }
  }
}

function json(text: string): Record<string, unknown> {
  return text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/**
 * Plays a script against a real adapter process and gives the transcript. Lines are verbs with their
 * arguments; `2:` before a verb means the second session, for which the adapter serves a port.
 */
export async function play(script: string, cli: string): Promise<string> {
  const lines = script.split('\n').map((line) => line.trim());
  const several = lines.some((line) => /^\d:/.test(line));
  const process = new AdapterProcess(cli, several);
  const printer = new Printer([
    [GUESTS, '<guests>'],
    [SAMPLES, '<samples>'],
    [ROOT, '<root>'],
  ]);
  const open = several ? await process.server() : undefined;
  const sessions = new Map<string, Session>();
  try {
    for (const line of lines) {
      printer.line(line === '' || line.startsWith('#') ? line : `> ${line}`);
      if (line === '' || line.startsWith('#')) continue;
      const [, number = '1', verb = '', rest = ''] = /^(?:(\d):\s*)?(\S+)\s*(.*)$/.exec(line) ?? [];
      if (verb === 'exit') {
        const code = await Promise.race([process.exited, later('still running')]);
        printer.line(`  process: ${String(code)}`);
        continue;
      }
      let session = sessions.get(number);
      if (!session)
        sessions.set(number, (session = new Session(open?.() ?? process.stdio(), printer)));
      await session.perform(verb, rest);
    }
  } catch (error) {
    throw new Error(`${String(error)}\nafter:\n${printer.text.slice(-2000)}`, { cause: error });
  } finally {
    process.stop();
  }
  return printer.text;
}

function later(text: string): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(text);
    }, 5000).unref();
  });
}
