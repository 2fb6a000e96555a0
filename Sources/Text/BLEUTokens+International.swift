/// The text with spaces set as mteval-v14's international tokeniser cuts: punctuation of any script apart
/// unless it stands between digits, symbols apart always. In passes, with the overlaps of its substitutions.
///
/// NIST mteval-v14.
func separatedInternationally(_ text: String) -> [UInt8] {
    var line = text.unicodeScalars.map { Sign($0) }
    line = spacing(line, after: true)
    line = spacing(line, after: false)
    var sink = ByteSink()
    for sign in line {
        if sign.kind == .symbol { sink.append(32) }
        sink.append(scalar: sign.value)
        if sign.kind == .symbol { sink.append(32) }
    }
    return sink.bytes
}

private struct Sign {
    enum Kind { case number, punctuation, symbol, other }

    let value: UInt32
    let kind: Kind
    static let space = Sign(" ")

    init(_ scalar: Unicode.Scalar) {
        value = scalar.value
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: kind = .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation: kind = .punctuation
        case .initialPunctuation, .finalPunctuation, .otherPunctuation: kind = .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: kind = .symbol
        default: kind = .other
        }
    }
}

/// A space on both sides of a punctuation sign that follows (`after`), or is followed by, something else than
/// a number.
private func spacing(_ line: [Sign], after: Bool) -> [Sign] {
    var out: [Sign] = []
    out.reserveCapacity(line.count * 2)
    var position = 0
    while position < line.count {
        let sign = line[position]
        if position + 1 < line.count {
            let next = line[position + 1]
            if after, sign.kind != .number, next.kind == .punctuation {
                out += [sign, .space, next, .space]
                position += 2
                continue
            }
            if !after, sign.kind == .punctuation, next.kind != .number {
                out += [.space, sign, .space, next]
                position += 2
                continue
            }
        }
        out.append(sign)
        position += 1
    }
    return out
}
