import * as l10n from '@vscode/l10n';

/** Names of words (those with the same meaning together), how they are written, and what they do. */
export type Gloss = readonly [names: string, usage: string, gloss: string];

/** Directives and pseudo-instructions (NASM manual, chapters 3.2, 7 and 4.11). */
export const directiveGlosses = (): readonly Gloss[] => [
  [
    'bits',
    'bits 16 | 32 | 64',
    l10n.t(
      'The mode in which what follows is assembled. It must be the mode the processor is in when it gets there.',
    ),
  ],
  ['use16 use32 use64', 'use32', l10n.t('The same as `bits`.')],
  [
    'org',
    'org address',
    l10n.t(
      'The address at which the image will be loaded. It stores nothing: labels count from it.',
    ),
  ],
  [
    'section segment',
    'section name [align=n] [start=n] [vstart=n] [follows=name] [nobits]',
    l10n.t(
      'What follows belongs to this section. In a flat image, sections are laid out one behind the other.',
    ),
  ],
  [
    'default',
    'default rel | abs',
    l10n.t('Whether an address without registers is relative to RIP or absolute.'),
  ],
  ['global', 'global name, …', l10n.t('Names for a linker; a flat image has none.')],
  ['static', 'static name, …', l10n.t('A name that no other file sees.')],
  [
    'extern required',
    'extern name, …',
    l10n.t('Names that a linker would find; a flat image has none.'),
  ],
  ['common', 'common name size', l10n.t('A variable that several files share.')],
  ['cpu', 'cpu name', l10n.t('The processor to assemble for.')],
  ['float', 'float option', l10n.t('How floating-point constants are rounded.')],
  [
    'struc',
    'struc name [, offset]',
    l10n.t(
      'Begins a structure: the labels in it are the offsets of its fields, and `name_size` is its size.',
    ),
  ],
  ['endstruc', 'endstruc', l10n.t('Ends a structure.')],
  ['istruc', 'istruc name', l10n.t('Begins an instance of a structure, in memory.')],
  ['at', 'at field, data', l10n.t('Data of one field of the instance.')],
  [
    'iend',
    'iend',
    l10n.t('Ends an instance of a structure; what is missing is filled with zeros.'),
  ],
  ['sectalign', 'sectalign on | off | n', l10n.t('Whether `align` also aligns the section.')],
  ['alignmode', 'alignmode mode [, threshold]', l10n.t('Which instructions `align` fills with.')],
  [
    'align',
    'align n [, fill]',
    l10n.t('Goes on at the next multiple of n, a power of two; fills with NOP or what is given.'),
  ],
  ['alignb', 'alignb n', l10n.t('Goes on at the next multiple of n and only reserves the room.')],
  ['times', 'times n instruction', l10n.t('Repeats an instruction or datum n times.')],
  ['equ', 'name equ value', l10n.t('Gives a constant value a name. It stores nothing.')],
  ['incbin', 'incbin "file" [, skip [, length]]', l10n.t('Takes the bytes of a file as they are.')],
  ['db', 'db value, …', l10n.t('Stores bytes; strings become their characters.')],
  ['dw', 'dw value, …', l10n.t('Stores words (2 bytes each, lowest byte first).')],
  ['dd', 'dd value, …', l10n.t('Stores doublewords (4 bytes each), or single-precision numbers.')],
  ['dq', 'dq value, …', l10n.t('Stores quadwords (8 bytes each), or double-precision numbers.')],
  ['dt', 'dt value, …', l10n.t('Stores 10 bytes each: extended-precision numbers.')],
  ['do ddq', 'do value, …', l10n.t('Stores 16 bytes each.')],
  ['dy', 'dy value, …', l10n.t('Stores 32 bytes each.')],
  ['dz', 'dz value, …', l10n.t('Stores 64 bytes each.')],
  ['resb', 'resb n', l10n.t('Reserves n bytes.')],
  ['resw', 'resw n', l10n.t('Reserves n words (2 bytes each).')],
  ['resd', 'resd n', l10n.t('Reserves n doublewords (4 bytes each).')],
  ['resq', 'resq n', l10n.t('Reserves n quadwords (8 bytes each).')],
  ['rest', 'rest n', l10n.t('Reserves n times 10 bytes.')],
  ['reso resdq', 'reso n', l10n.t('Reserves n times 16 bytes.')],
  ['resy', 'resy n', l10n.t('Reserves n times 32 bytes.')],
  ['resz', 'resz n', l10n.t('Reserves n times 64 bytes.')],
];

/** Words that stand among operands (NASM manual 3.3 to 3.8). */
export const operandGlosses = (): readonly Gloss[] => [
  [
    'absolute',
    'absolute address',
    l10n.t(
      'Labels that follow count from an address, and nothing is stored: for structures and memory-mapped things.',
    ),
  ],
  ['byte', 'byte operand', l10n.t('The operand has 8 bits.')],
  ['word', 'word operand', l10n.t('The operand has 16 bits.')],
  ['dword', 'dword operand', l10n.t('The operand has 32 bits.')],
  ['qword', 'qword operand', l10n.t('The operand has 64 bits.')],
  ['tword tbyte', 'tword operand', l10n.t('The operand has 80 bits.')],
  ['oword xmmword', 'oword operand', l10n.t('The operand has 128 bits.')],
  ['yword ymmword', 'yword operand', l10n.t('The operand has 256 bits.')],
  ['zword zmmword', 'zword operand', l10n.t('The operand has 512 bits.')],
  [
    'strict',
    'strict size operand',
    l10n.t('The operand is stored in just this size, even where fewer bytes would do.'),
  ],
  ['short', 'short label', l10n.t('A jump with a distance of one byte: −128 to 127.')],
  ['near', 'near label', l10n.t('A jump within the segment.')],
  ['far', 'far [pointer]', l10n.t('Selector and offset: a transfer to another code segment.')],
  ['rel', '[rel label]', l10n.t('The address is stored as a distance from RIP.')],
  ['abs', '[abs label]', l10n.t('The address itself is stored.')],
  ['nosplit', '[nosplit reg*2]', l10n.t('The address is not rewritten as base + index.')],
  ['seg', 'seg label', l10n.t('The segment of a label: not in a flat image.')],
  ['wrt', 'label wrt segment', l10n.t('A label as seen from a segment: not in a flat image.')],
  ['$', '$', l10n.t('The address of this line.')],
  ['$$', '$$', l10n.t('The start of the current section.')],
];
