/** The characters of the PC by their codes (code page 437), as Unicode. 0 and 0xff look like a blank. */
export const CODE_PAGE_437 = [
  ...' ☺☻♥♦♣♠•◘○◙♂♀♪♫☼',
  ...'►◄↕‼¶§▬↨↑↓→←∟↔▲▼',
  ...Array.from({ length: 0x5f }, (_, n) => String.fromCharCode(0x20 + n)),
  '⌂',
  ...'ÇüéâäàåçêëèïîìÄÅ',
  ...'ÉæÆôöòûùÿÖÜ¢£¥₧ƒ',
  ...'áíóúñÑªº¿⌐¬½¼¡«»',
  ...'░▒▓│┤╡╢╖╕╣║╗╝╜╛┐',
  ...'└┴┬├─┼╞╟╚╔╩╦╠═╬╧',
  ...'╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀',
  ...'αßΓπΣσµτΦΘΩδ∞φε∩',
  ...'≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ',
] as const;
