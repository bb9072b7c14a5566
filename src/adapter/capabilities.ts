import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { exceptionFilters } from './breakpoints/exception-filters';

/** What this adapter can do: all of it works. */
export function capabilities(): DebugProtocol.Capabilities {
  return {
    supportsConfigurationDoneRequest: true,
    supportsFunctionBreakpoints: true,
    supportsConditionalBreakpoints: true,
    supportsHitConditionalBreakpoints: true,
    supportsEvaluateForHovers: true,
    exceptionBreakpointFilters: exceptionFilters(),
    supportsExceptionFilterOptions: true,
    supportsExceptionInfoRequest: true,
    supportsSetVariable: true,
    supportsSetExpression: true,
    supportsGotoTargetsRequest: true,
    supportsCompletionsRequest: true,
    completionTriggerCharacters: ['.', '[', '('],
    supportsModulesRequest: true,
    additionalModuleColumns: [
      { attributeName: 'mode', label: l10n.t('Mode'), type: 'string', width: 12 },
    ],
    supportsStepInTargetsRequest: true,
    supportsRestartRequest: true,
    supportsTerminateRequest: true,
    supportsTerminateThreadsRequest: true,
    supportsValueFormattingOptions: true,
    supportsDelayedStackTraceLoading: true,
    supportsLoadedSourcesRequest: true,
    supportedChecksumAlgorithms: ['SHA256'],
    supportsLogPoints: true,
    supportsReadMemoryRequest: true,
    supportsWriteMemoryRequest: true,
    supportsDisassembleRequest: true,
    supportsCancelRequest: true,
    supportsBreakpointLocationsRequest: true,
    supportsClipboardContext: true,
    supportsSteppingGranularity: true,
    supportsInstructionBreakpoints: true,
    supportsDataBreakpoints: true,
    supportsDataBreakpointBytes: true,
    supportsSingleThreadExecutionRequests: true,
    supportsANSIStyling: true,
    breakpointModes: [
      {
        mode: 'gva',
        label: l10n.t('guest-virtual address'),
        description: l10n.t(
          'stops wherever this virtual address is executed, in any address space',
        ),
        appliesTo: ['source', 'instruction', 'data'],
      },
      {
        mode: 'gpa',
        label: l10n.t('guest-physical address'),
        description: l10n.t('stops at this place in guest-physical memory, whatever maps it'),
        appliesTo: ['source', 'instruction', 'data'],
      },
      {
        mode: 'hpa',
        label: l10n.t('host-physical address'),
        description: l10n.t('stops at this place in host-physical memory, whoever executes it'),
        appliesTo: ['instruction', 'data'],
      },
      {
        mode: 'port',
        label: l10n.t('I/O port'),
        description: l10n.t('stops behind whatever reads or writes this I/O port'),
        appliesTo: ['data'],
      },
    ],
  };
}
