import * as l10n from '@vscode/l10n';
import type { Gloss } from './word-glosses';

/** Directives of the preprocessor (NASM manual, chapter 4). */
export const preprocessorGlosses = (): readonly Gloss[] => [
  [
    '%define %idefine',
    '%define NAME[(a, b)] text',
    l10n.t(
      'A single-line macro: the name stands for the text, expanded where it is used. (`%idefine`: in any case.)',
    ),
  ],
  [
    '%xdefine %ixdefine',
    '%xdefine NAME[(a, b)] text',
    l10n.t('A single-line macro whose text is expanded here and now.'),
  ],
  [
    '%assign %iassign',
    '%assign NAME expression',
    l10n.t('Gives a name a number, computed here and now.'),
  ],
  ['%undef', '%undef NAME', l10n.t('Forgets a single-line macro.')],
  ['%defstr %idefstr', '%defstr NAME text', l10n.t('Defines a string that spells the text.')],
  ['%deftok %ideftok', '%deftok NAME "text"', l10n.t('Defines what a string spells as text.')],
  ['%strlen', '%strlen NAME "text"', l10n.t('Gives a name the length of a string.')],
  ['%strcat', '%strcat NAME "a", "b", …', l10n.t('Gives a name the strings joined.')],
  ['%substr', '%substr NAME "text" start [, count]', l10n.t('Gives a name a part of a string.')],
  [
    '%macro %imacro',
    '%macro name parameters [defaults]',
    l10n.t(
      'A multi-line macro, up to `%endmacro`; `%1`, `%2`, … are what stands after its name in a call. Parameters: `2`, `1-3`, `1-*`, `1+`.',
    ),
  ],
  [
    '%rmacro %rimacro %irmacro',
    '%rmacro name parameters',
    l10n.t('A multi-line macro that may call itself.'),
  ],
  ['%endmacro %endm', '%endmacro', l10n.t('Ends a multi-line macro.')],
  ['%exitmacro', '%exitmacro', l10n.t('Leaves the macro here.')],
  ['%unmacro %unimacro', '%unmacro name parameters', l10n.t('Forgets a multi-line macro.')],
  ['%rotate', '%rotate n', l10n.t("Moves the macro's parameters by n places.")],
  ['%rep', '%rep n', l10n.t('Repeats the lines up to `%endrep` n times.')],
  ['%endrep', '%endrep', l10n.t('Ends a repetition.')],
  ['%exitrep', '%exitrep', l10n.t('Leaves the repetition.')],
  ['%include', '%include "file"', l10n.t('Reads another file as if its text stood here.')],
  [
    '%if %elif',
    '%if expression',
    l10n.t('Assembles the lines that follow only if the expression is not 0.'),
  ],
  [
    '%ifdef %elifdef',
    '%ifdef NAME',
    l10n.t('Assembles the lines that follow only if the single-line macro is defined.'),
  ],
  [
    '%ifndef %elifndef',
    '%ifndef NAME',
    l10n.t('Assembles the lines that follow only if the single-line macro is not defined.'),
  ],
  [
    '%ifmacro %ifnmacro %elifmacro',
    '%ifmacro name [parameters]',
    l10n.t('Whether a multi-line macro exists.'),
  ],
  [
    '%ifidn %ifidni %elifidn %elifidni',
    '%ifidn a, b',
    l10n.t('Whether two texts are the same (`i`: in any case).'),
  ],
  [
    '%ifid %ifnum %ifstr %iftoken %ifempty',
    '%ifid text',
    l10n.t('What the text is: an identifier, a number, a string, one token, or nothing.'),
  ],
  ['%ifctx', '%ifctx name', l10n.t('Whether the context on top has this name.')],
  ['%else', '%else', l10n.t('Assembles the lines that follow if none above was taken.')],
  ['%endif', '%endif', l10n.t('Ends a condition.')],
  ['%push', '%push [name]', l10n.t('Opens a context, in which `%$name` are labels of its own.')],
  ['%pop', '%pop [name]', l10n.t('Closes the context on top.')],
  ['%repl', '%repl name', l10n.t('Replaces the context on top.')],
  ['%error', '%error "text"', l10n.t('Reports an error.')],
  ['%warning', '%warning "text"', l10n.t('Reports a warning.')],
  ['%note', '%note "text"', l10n.t('Reports a note.')],
  ['%fatal', '%fatal "text"', l10n.t('Reports an error and gives up.')],
  [
    '%use',
    '%use package',
    l10n.t("Takes in one of NASM's standard packages: `smartalign`, `fp`, `ifunc`."),
  ],
  ['%clear', '%clear', l10n.t('Forgets all macros.')],
  ['%line', '%line n file', l10n.t('Says where the text comes from.')],
  ['%pragma', '%pragma …', l10n.t('Options for other output formats.')],
];
