import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { isFirmware } from '../shipped-sources';
import { lookAgain } from '../edits/saved';
import { sourcesOfPrograms } from './resolve-breakpoint';

/** Breakpoints of all kinds. */
export function breakpointRequests(context: SessionContext): Handlers {
  return {
    setBreakpoints: handler((args: DebugProtocol.SetBreakpointsArguments) => {
      const answer = (): object => ({ breakpoints: setInSource(context, args) });
      return args.sourceModified ? lookAgain(context, args.source.path).then(answer) : answer();
    }),

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
      const last = args.endLine ?? args.line;
      const lines = linesWithCode(context, args.source);
      const breakpoints = lines.filter((line) => line >= args.line && line <= last);
      return { breakpoints: breakpoints.map((line) => ({ line })) };
    }),
  };
}

function setInSource(
  context: SessionContext,
  { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
): DebugProtocol.Breakpoint[] | undefined {
  return context.breakpoints?.set(
    `source:${source.path ?? String(source.sourceReference)}`,
    'breakpoint',
    breakpoints.map(({ line, ...options }) => ({
      at: 'line',
      key: `${String(line)}:${String(options.column)}`,
      source,
      line,
      ...options,
    })),
  );
}

/** As the client counts them. */
function linesWithCode(context: SessionContext, source: DebugProtocol.Source): readonly number[] {
  const { file, lines } = codeOf(context, source);
  return lines.map((line) => context.clientLine(file, line));
}

interface CodeLines {
  readonly file: string;
  readonly lines: readonly number[];
}

function codeOf(context: SessionContext, source: DebugProtocol.Source): CodeLines {
  const shipped = context.shippedSources.fileOf(source);
  if (shipped !== undefined) return { file: shipped, lines: codeOfShipped(context, shipped) };
  const [found] = sourcesOfPrograms(context, source.path);
  if (!found) return { file: '', lines: [] };
  return { file: found.file, lines: found.program.lines.linesWithCode(found.file) };
}

function codeOfShipped(context: SessionContext, file: string): readonly number[] {
  if (!isFirmware(file)) return context.shippedSources.operationLines(file);
  const holder = context.debuggeeIfAny?.target.firmware.find(({ files }) => files.includes(file));
  return holder?.lines.linesWithCode(file) ?? [];
}
