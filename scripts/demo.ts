/**
 * `npm run demo`: the story of a VM exit, told in a terminal. A scripted session through the real debug
 * adapter on its stdin and stdout, printed as a person would see it.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterProcess, type Client } from '../test/transcripts/client';
import type { ViewNode, ViewResponse, WorldResponse } from '../src/adapter/protocol';

const ROOT = resolve(__dirname, '..');
const KERNEL = join(ROOT, 'samples/first-exits/kernel.asm');

const color = process.stdout.isTTY
  ? (code: string) => (text: string) => `\x1b[${code}m${text}\x1b[0m`
  : () => (text: string) => text;
const bold = color('1');
const dim = color('2');
const cyan = color('36');
const yellow = color('33');

const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const title = (text: string): void => {
  say();
  say(bold(yellow(`── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}`)));
};

class Story {
  private constructor(private readonly client: Client) {}

  static async begin(adapter: AdapterProcess): Promise<Story> {
    const story = new Story(adapter.stdio());
    await story.ask('initialize', {
      adapterID: 'ringside',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    const launched = story.ask('launch', { program: KERNEL, stopOnEntry: true });
    await story.client.until((e) => e.event === 'initialized');
    await story.ask('configurationDone');
    await launched;
    await story.stopped();
    return story;
  }

  async ask<T = unknown>(command: string, args: unknown = {}): Promise<T> {
    const response = await this.client.request(command, args);
    if (!response.success) throw new Error(`${command}: ${response.message ?? 'failed'}`);
    return response.body as T;
  }

  /** Waits for the stop; what the guest printed meanwhile is shown. */
  async stopped(): Promise<void> {
    const events = await this.client.until(
      (e) => e.event === 'stopped' || e.event === 'terminated',
    );
    this.print(events);
  }

  /** What the guest printed, and how it ended. */
  private print(events: readonly DebugProtocol.Event[]): void {
    const text = events
      .filter(
        (e) => e.event === 'output' && (e.body as { category?: string }).category === 'stdout',
      )
      .map((e) => (e.body as { output: string }).output)
      .join('');
    if (text) say(dim(`   the guest says: ${JSON.stringify(text)}`));
  }

  async breakAt(text: string): Promise<void> {
    const line =
      readFileSync(KERNEL, 'utf8')
        .split('\n')
        .findIndex((l) => l.includes(text)) + 1;
    await this.ask('setBreakpoints', { source: { path: KERNEL }, breakpoints: [{ line }] });
    say(`   ${cyan('breakpoint')} at line ${String(line)}, then ${cyan('continue')}`);
    await this.ask('continue', { threadId: 1 });
    await this.stopped();
    await this.show();
  }

  async step(command: 'next' | 'stepIn' | 'stepOut', name: string): Promise<void> {
    say(`   ${cyan(name)}`);
    await this.ask(command, { threadId: 1 });
    await this.stopped();
    await this.show();
  }

  /** Status bar, call stack and source line, as the editor shows them. */
  async show(): Promise<void> {
    const world = await this.ask<WorldResponse>('ringside/world');
    const { stackFrames } = await this.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
    });
    say(dim(`   [${world.text}]`));
    for (const frame of stackFrames.slice(0, 4)) {
      const at = frame.source?.name ? `${frame.source.name}:${String(frame.line)}` : '';
      say(
        frame.presentationHint === 'label'
          ? dim(`     ${frame.name}`)
          : `     ${frame.name.padEnd(34)} ${dim(at)}`,
      );
    }
    const [top] = stackFrames;
    if (top?.source) say(`   → ${bold((await this.line(top)).trim())}`);
  }

  private async line(frame: DebugProtocol.StackFrame): Promise<string> {
    const reference = frame.source?.sourceReference ?? 0;
    const text =
      reference > 0
        ? (
            await this.ask<{ content: string }>('source', {
              source: frame.source,
              sourceReference: reference,
            })
          ).content
        : readFileSync(frame.source?.path ?? KERNEL, 'utf8');
    return text.split('\n')[frame.line - 1] ?? '';
  }

  async view(
    view: string,
    args: object = {},
    keep: (row: ViewNode) => boolean = () => true,
  ): Promise<void> {
    const { nodes } = await this.ask<ViewResponse>('ringside/view', { view, ...args });
    for (const row of nodes.filter(keep)) {
      say(
        `     ${row.changed ? yellow('*') : ' '} ${row.label.padEnd(30)} ${row.description ?? ''}`,
      );
    }
  }

  async end(): Promise<void> {
    await this.ask('setBreakpoints', { source: { path: KERNEL }, breakpoints: [] });
    await this.ask('continue', { threadId: 1 });
    await this.stopped();
    await this.ask('disconnect');
  }
}

async function main(): Promise<void> {
  const adapter = new AdapterProcess(join(ROOT, 'dist/cli.js'), false);
  title('F5: the guest is assembled, loaded, and stops at its entry');
  const story = await Story.begin(adapter);
  await story.show();

  title('Step Over an instruction that exits: the VMM works, we do not see it');
  await story.breakAt('out dx, al                  ; EXIT (I/O instruction): the VMM');
  await story.step('next', 'Step Over (F10)');

  title('Step Into one: we follow the processor into the VMM');
  await story.breakAt('cpuid                       ; EXIT');
  await story.step('stepIn', 'Step Into (F11)');
  for (let n = 0; n < 6; n++)
    await story.step('stepIn', 'Step Into (F11): one operation of the VMM');

  title('Why are we here? The VMCS says');
  await story.view('vmcs', { node: 'exit' }, (row) =>
    /reason|qualification|length/.test(row.label.toLowerCase()),
  );

  title('Step Out runs to the VM entry: the guest goes on');
  await story.step('stepOut', 'Step Out (Shift+F11)');

  title('From guest-virtual to host-physical, where it fails');
  await story.breakAt('mov eax, [rbx]              ; EXIT');
  await story.view('translation', { address: 'rbx' });

  title('The last VM exits');
  await story.view('exits', {}, (row) => Number(row.id.slice(5)) > 127);

  title('To the end');
  await story.end();
  const code = await adapter.exited;
  say();
  say(dim(`the adapter has ended (${String(code)}). Now the same in VS Code: npm start`));
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
