// `TextEncoder` and `TextDecoder`, which QuickJS has not. What is there already stays.

/** The bytes of a text in UTF-8. */
export function encode(text: string): Uint8Array {
  return Uint8Array.from(unescape(encodeURIComponent(text.toWellFormed())), (char) => char.charCodeAt(0));
}

/** The text of bytes in UTF-8. What is none becomes U+FFFD, or is an error. */
export function decode(bytes: Uint8Array, fatal = false): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  try {
    return decodeURIComponent(escape(binary));
  } catch {
    if (fatal) throw new TypeError("the bytes are not UTF-8");
  }
  // The longest beginnings of characters, whole or not, each of which is one character of the answer (WHATWG, UTF-8 decoder).
  const three = /\xe0[\xa0-\xbf][\x80-\xbf]?|\xed[\x80-\x9f][\x80-\xbf]?|[\xe1-\xec\xee\xef][\x80-\xbf]{1,2}/;
  const four = /\xf0[\x90-\xbf][\x80-\xbf]{0,2}|[\xf1-\xf3][\x80-\xbf]{1,3}|\xf4[\x80-\x8f][\x80-\xbf]{0,2}/;
  const sequences = new RegExp(`[\\0-\\x7f]+|[\\xc2-\\xdf][\\x80-\\xbf]|${three.source}|${four.source}|[^]`, "g");
  return binary.replace(sequences, (sequence) => {
    try {
      return decodeURIComponent(escape(sequence));
    } catch {
      return "\ufffd";
    }
  });
}

/** That of WHATWG, without `encodeInto`. */
export class TextEncoder {
  readonly encoding = "utf-8";
  encode(text = ""): Uint8Array {
    return encode(String(text));
  }
}

/** That of WHATWG, for UTF-8 alone and without streaming. */
export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`the encoding \`${label}\` is not there: only utf-8 is`);
    [this.fatal, this.ignoreBOM] = [fatal, ignoreBOM];
  }
  decode(bytes: Uint8Array | ArrayBuffer = new Uint8Array()): string {
    const text = decode(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), this.fatal);
    return this.ignoreBOM ? text : text.replace(/^\ufeff/, "");
  }
}

const missing = { TextEncoder, TextDecoder };
for (const [name, value] of Object.entries(missing)) {
  if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
}
