import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ScreenBody, ScreenEventBody } from '../../src/adapter/protocol';

/** Numbers that are different in every run, or say nothing. */
const MEANINGLESS: ReadonlySet<string> = new Set([
  'seq',
  'request_seq',
  'variablesReference',
  'id',
  'threadId',
  'checksums',
]);

/** Writes what an adapter says as text that can be read and compared. */
export class Printer {
  text = '';
  private stdout = '';

  constructor(private readonly replacements: readonly (readonly [string, string])[]) {}

  line(line: string): void {
    this.text += `${this.normal(line).trimEnd()}\n`;
  }

  response(response: DebugProtocol.Response): void {
    if (!response.success) this.line(`  error: ${response.message ?? ''}`);
    else if (response.body === undefined) this.line('  ok');
    else this.line(indent(pretty(response.body)));
  }

  events(events: readonly DebugProtocol.Event[]): void {
    for (const { event, body } of events)
      this.event(event, (body ?? {}) as Record<string, unknown>);
    this.flush();
  }

  private event(event: string, body: Record<string, unknown>): void {
    if (event === 'output' && body['category'] === 'stdout') {
      this.stdout += String(body['output']);
      return;
    }
    if (this.saysNothing(event, body)) return;
    this.flush();
    switch (event) {
      case 'output':
        this.line(`  [${String(body['category'])}] ${String(body['output']).trimEnd()}`);
        return;
      case 'stopped': {
        const { reason, description, text } = body as DebugProtocol.StoppedEvent['body'];
        const more =
          text !== undefined && text !== description ? `: ${text.replaceAll('\n', '\n    ')}` : '';
        this.line(`  stopped: ${reason} (${description ?? ''})${more}`);
        return;
      }
      case 'exited':
        this.line(`  exited: ${String(body['exitCode'])}`);
        return;
      case 'ringside/diagnostics':
        this.diagnostics(
          body['diagnostics'] as { line: number; column: number; message: string }[],
        );
        return;
      case 'ringside/screen':
        this.screen((body as ScreenEventBody).screen);
        return;
      default:
        this.line(`  ${event}${Object.keys(body).length === 0 ? '' : ` ${pretty(body)}`}`);
    }
  }

  /** Some only tell the client to ask again; what is printed goes on through them. */
  private saysNothing(event: string, body: Record<string, unknown>): boolean {
    if (event === 'ringside/screen') return !this.tellsOfScreen && body['screen'] === undefined;
    return ['thread', 'ringside/changed', 'invalidated'].includes(event);
  }

  /** When the screen comes into use depends on how fast the machine is: a guest that goes on meanwhile is not told of it. */
  tellsOfScreen = true;

  /** What stands on the screen; of a picture, its size. */
  screen(screen: ScreenBody | undefined): void {
    this.flush();
    if (!screen) this.line('  screen in use');
    else if (screen.kind === 'graphics') {
      const { width, height, first, count } = screen;
      this.line(`  screen: ${width} × ${height}, lines ${first} to ${first + count - 1}`);
    } else {
      const { columns, rows, lines, cursor } = screen;
      this.line(`  screen: ${columns} × ${rows}, cursor ${cursor.row}:${cursor.column}`);
      lines.forEach((line, row) => {
        if (line !== '') this.line(`    ${row}: ${line}`);
      });
    }
  }

  private diagnostics(list: readonly { line: number; column: number; message: string }[]): void {
    for (const { line, column, message } of list.slice(0, 5)) {
      this.line(`  problem ${String(line)}:${String(column)} ${message}`);
    }
  }

  /** The serial port's text in one piece, however it came. */
  private flush(): void {
    if (this.stdout !== '') this.line(`  serial: ${JSON.stringify(this.stdout)}`);
    this.stdout = '';
  }

  /** @param text what stands in the line, shown instead of its number */
  frame({ name, source, line }: DebugProtocol.StackFrame, text: string | undefined): void {
    const place = source
      ? `  ${source.name ?? ''}${text === undefined ? `:${String(line)}` : `: ${text}`}`
      : '';
    this.line(`    ${name}${place}`);
  }

  breakpoint(breakpoint: DebugProtocol.Breakpoint | undefined): void {
    if (!breakpoint) return;
    const { verified, line, message } = breakpoint;
    this.line(verified ? `  verified, line ${String(line)}` : `  not verified: ${message ?? ''}`);
  }

  private normal(text: string): string {
    return this.replacements.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  }
}

function pretty(body: unknown): string {
  const text = JSON.stringify(
    body,
    (key, value: unknown) => (MEANINGLESS.has(key) ? undefined : value),
    1,
  );
  const flat = text.replace(/\n\s*/g, ' ');
  return flat.length <= 100 ? flat : text;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
