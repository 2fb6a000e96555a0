/// Letters of any script as ASCII letters and digits, as host names carry them.
///
/// Source: RFC 3492, with the parameters of its section 5.
enum Punycode {
    /// The text that a label behind `xn--` stands for; nil where it stands for none.
    static func decoded(_ text: some Sequence<UInt8>) -> [Unicode.Scalar]? {
        let bytes = Array(text)
        var out: [UInt32] = []
        var position = 0
        if let mark = bytes.lastIndex(of: UInt8(ascii: "-")) {
            out = bytes[..<mark].map(UInt32.init)
            position = mark + 1
        }
        var (code, index, bias) = (128, 0, 72)
        while position < bytes.count {
            let before = index
            var weight = 1
            var k = 36
            while true {
                guard position < bytes.count, let digit = digit(bytes[position]) else { return nil }
                position += 1
                guard digit <= (Int(Int32.max) - index) / weight else { return nil }
                index += digit * weight
                let threshold = min(max(k - bias, 1), 26)
                if digit < threshold { break }
                guard weight <= Int(Int32.max) / (36 - threshold) else { return nil }
                weight *= 36 - threshold
                k += 36
            }
            bias = adapted(index - before, out.count + 1, isFirst: before == 0)
            code += index / (out.count + 1)
            index %= out.count + 1
            guard code <= 0x10FFFF else { return nil }
            out.insert(UInt32(code), at: index)
            index += 1
        }
        var scalars: [Unicode.Scalar] = []
        for value in out {
            guard let scalar = Unicode.Scalar(value) else { return nil }
            scalars.append(scalar)
        }
        return scalars
    }

    /// What stands behind `xn--` for a label; nil for one of absurd length.
    static func encoded(_ label: [Unicode.Scalar]) -> [UInt8]? {
        guard label.count <= 256 else { return nil }
        var out = label.filter(\.isASCII).map { UInt8($0.value) }
        let basic = out.count
        if basic > 0 { out.append(UInt8(ascii: "-")) }
        var (code, delta, bias, handled) = (128, 0, 72, basic)
        while handled < label.count {
            guard let next = label.map({ Int($0.value) }).filter({ $0 >= code }).min() else { return nil }
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in label {
                let value = Int(scalar.value)
                if value < code { delta += 1 }
                guard value == code else { continue }
                var rest = delta
                var k = 36
                while true {
                    let threshold = min(max(k - bias, 1), 26)
                    if rest < threshold { break }
                    out.append(sign(threshold + (rest - threshold) % (36 - threshold)))
                    rest = (rest - threshold) / (36 - threshold)
                    k += 36
                }
                out.append(sign(rest))
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return out
    }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        if isDigit(byte) { return Int(byte) - 0x30 + 26 }
        return isLetter(byte) ? Int(byte | 0x20) - 0x61 : nil
    }

    private static func sign(_ digit: Int) -> UInt8 { UInt8(digit < 26 ? 0x61 + digit : 0x30 + digit - 26) }
}
