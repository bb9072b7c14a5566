import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { isFirmware } from '../shipped-sources';
import { sourcesOfPrograms } from './resolve-breakpoint';

/** Breakpoints of all kinds. */
export function breakpointRequests(context: SessionContext): Handlers {
  const { client } = context;
  return {
    setBreakpoints: handler(({ source, breakpoints }: DebugProtocol.SetBreakpointsArguments) => ({
      breakpoints: context.breakpoints?.set(
        `source:${source.path ?? String(source.sourceReference)}`,
        'breakpoint',
        (breakpoints ?? []).map(({ line, ...options }) => ({
          at: 'line',
          key: `${String(line)}:${String(options.column)}`,
          source,
          line: client.fromClientLine(line),
          ...options,
        })),
      ),
    })),

    setFunctionBreakpoints: handler(
      ({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments) => ({
        breakpoints: context.breakpoints?.set(
          'functions',
          'function breakpoint',
          breakpoints.map((wish) => ({ at: 'function', key: wish.name, ...wish })),
        ),
      }),
    ),

    setInstructionBreakpoints: handler(
      ({ breakpoints }: DebugProtocol.SetInstructionBreakpointsArguments) => ({
        breakpoints: context.breakpoints?.set(
          'instructions',
          'instruction breakpoint',
          breakpoints.map(({ instructionReference, offset, ...options }) => ({
            at: 'instruction',
            key: `${instructionReference}+${String(offset ?? 0)}`,
            reference: instructionReference,
            offset: offset ?? 0,
            ...options,
          })),
        ),
      }),
    ),

    breakpointLocations: handler((args: DebugProtocol.BreakpointLocationsArguments) => {
      const first = client.fromClientLine(args.line);
      const last = client.fromClientLine(args.endLine ?? args.line);
      const lines = linesWithCode(context, args.source);
      return {
        breakpoints: lines
          .filter((line) => line >= first && line <= last)
          .map((line) => ({ line: client.toClientLine(line) })),
      };
    }),
  };
}

function linesWithCode(context: SessionContext, source: DebugProtocol.Source): readonly number[] {
  const shipped = context.shippedSources.fileOf(source);
  if (shipped !== undefined) {
    const holder = context.debuggeeIfAny?.target.firmware.find((p) => p.files.includes(shipped));
    return isFirmware(shipped)
      ? (holder?.lines.linesWithCode(shipped) ?? [])
      : context.shippedSources.operationLines(shipped);
  }
  const [found] = sourcesOfPrograms(context, source.path);
  return found ? found.program.lines.linesWithCode(found.file) : [];
}
