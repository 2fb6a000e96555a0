/// The text in lower case by the Unicode standard's full mapping, in which a Greek capital sigma at a word's end becomes
/// the final one.
///
/// What Python's and Java's `lower` give, where `foldingCase` makes all sigmas equal. Linear in the text.
public func lowercasedInContext(_ text: String) -> String {
    let plain = text.lowercased()
    guard text.unicodeScalars.contains("\u{3A3}") else { return plain }
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
        if scalar == "\u{3A3}", isFinalSigma(scalars, place) {
            out.append("\u{3C2}")
        } else {
            out.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
    return String(out)
}

/// The condition `Final_Sigma` of Unicode's SpecialCasing: a cased letter before it and none behind, whatever
/// case-ignorable scalars stand between.
private func isFinalSigma(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    var before = place - 1
    while before >= 0, scalars[before].properties.isCaseIgnorable { before -= 1 }
    guard before >= 0, scalars[before].properties.isCased else { return false }
    var behind = place + 1
    while behind < scalars.count, scalars[behind].properties.isCaseIgnorable { behind += 1 }
    return behind == scalars.count || !scalars[behind].properties.isCased
}
