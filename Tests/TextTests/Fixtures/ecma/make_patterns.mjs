// Writes patterns.jsonl: patterns with the flag u, whether they are valid, and whether they are found in each text.
//   node make_patterns.mjs > patterns.jsonl
let seed = 20261120;
const next = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296;
const pick = list => list[Math.floor(next() * list.length)];
const units = ['a', 'b', 'Z', '_', '0', '7', ' ', '\t', '\n', '\r', '\v', '\f', '\u00a0', '\ufeff', '\u2028', '\u2003',
  '\u200b', '\u180e', '\u0085', '\u00e9', '\u07c0', '\u09ea', '\u0416', '\u{1f600}', '\u{1f432}', '-', '/', '\\', '\u0003', '.', ']', '\u017f'];
const atoms = ['a', 'b', 'Z', '0', ' ', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\t', '\\v', '\\f', '\\n', '\\r', '\\0',
  '\\cC', '\\cc', '\\cZ', '\\x41', '\\u00e9', '\\u{1F600}', '\\uD83D\\uDC32', '\\uD83D', '\u{1f600}', '\u00e9', '\\/', '\\.',
  '\\]', '\\\\', '[a-c]', '[^a-c]', '[\\s\\d]', '[^\\s]', '[\\S]', '[\\W]', '[^\\W]', '[\\b]', '[\\-a]', '[a\\-b]', '[-a]', '[a-]', '[]',
  '[^]', '[\\cC]', '[\\u{1F400}-\\u{1F4FF}]', '[\u{1f600}-\u{1f64f}]', '[\\uD800-\\uDFFF]', '[\\u0000-\\uFFFF]', '[.*+?(){}|^$]',
  '[[:alpha:]]'.slice(0, 8) + ']', '[\\p{L}\\d]', '[^\\p{L}]', '[\\P{L}]', '\\p{L}', '\\p{Letter}', '\\P{Letter}', '\\p{Lu}',
  '\\p{digit}', '\\p{Nd}', '\\p{Script=Cyrillic}', '\\p{sc=Latin}', '\\p{scx=Beng}', '\\p{Emoji_Presentation}', '\\p{White_Space}',
  '\\p{Alphabetic}', '\\p{ASCII}', '\\p{Any}', '\\p{Assigned}', '\\p{General_Category=Zs}', '\\p{gc=Space_Separator}', '\\p{LC}',
  '\\p{Uppercase}', '\\p{ID_Start}'];
const bad = ['\\a', '\\Z', '\\A', '\\z', '\\h', '\\Q', '\\e', '(?i)a', '(?P<n>a)', '(?#c)', '(?>a)', 'a++', 'a**', '*a', '+', '?', '(*UTF)a', '(a',
  'a)', '[a', '[b-a]', '\\', 'a{2,1}', '\\p{Greek}', '\\p{letter}', '\\p{Foo}', '\\p', '\\u{110000}', '\\u{}', '\\u12', '\\x1', '\\c1',
  '\\1', '\\k<n>', '(?<n>a)(?<n>b)', '(?<1>a)', '(?<>a)', '\\01', '^*', '(?<=a)*', '\\B+', '\\8', '(?<n>a)\\k<m>', '(?|a)', '\\G', '\\R', '\\X',
  '(?(1)a)', '\\K', '\\N', '\\g{1}', '[z-\\x41]'];
const term = depth => {
  const roll = next();
  if (roll < 0.62 || depth > 2) return pick(atoms);
  if (roll < 0.70) return `(${body(depth + 1)})`;
  if (roll < 0.76) return `(?:${body(depth + 1)})`;
  if (roll < 0.80) return `(?=${body(depth + 1)})`;
  if (roll < 0.84) return `(?!${body(depth + 1)})`;
  if (roll < 0.87) return `(?<=${pick(atoms)})`;
  if (roll < 0.90) return `(?<!${pick(atoms)})`;
  if (roll < 0.93) return pick(['\\b', '\\B']);
  return pick(['^', '$']);
};
const repeatable = text => !/^(\(\?[=!<]|\\[bB]$|\^|\$)/.test(text);
function body(depth) {
  let text = '';
  for (let count = 1 + Math.floor(next() * 3); count > 0; count--) {
    const one = term(depth);
    text += one;
    if (next() < 0.35 && repeatable(one)) text += pick(['*', '+', '?', '{2}', '{1,2}', '{0,}', '*?', '+?', '??', '{1,}?']);
  }
  if (next() < 0.15) text += '|' + term(depth);
  return text;
}
const valid = pattern => { try { new RegExp(pattern, 'u'); return true; } catch { return false; } };
const text = () => Array.from({ length: Math.floor(next() * 5) }, () => pick(units)).join('');
const emit = (pattern, extra) => {
  if (!valid(pattern)) { console.log(JSON.stringify({ pattern, valid: false })); return; }
  const texts = [...units, ...extra].filter(each => each.isWellFormed?.() ?? true);
  const expression = new RegExp(pattern, 'u');
  const found = texts.filter(each => expression.test(each));
  console.log(JSON.stringify({ pattern, valid: true, found, not: texts.filter(each => !expression.test(each)) }));
};
for (const atom of atoms) emit(`^${atom}$`, []);
for (const each of bad) emit(each, []);
for (const each of ['(a)(b)?\\2c', '(?<x>a|b)\\k<x>', '(?<$y>.)\\k<$y>', '\\k<z>(?<z>a)', '(a)\\1', '\\1(a)', '(?:(a)|b)*', 'x*$', '(a{0,2}){2}b'])
  emit(each, ['aa', 'abab', 'abc', 'abbc', 'ac', 'bb', 'ab', '\u{1f600}\u{1f600}']);
for (let count = 0; count < 800; count++) emit(body(0), Array.from({ length: 12 }, text));
