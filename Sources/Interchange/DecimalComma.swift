/// Whether a text is a number as spreadsheets of many countries write it: `0,85` for 0.85.
func hasDecimalComma(_ text: String) -> Bool {
    var bytes = Array(text.utf8)
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
        bytes.removeFirst()
    }
    let parts = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { $0 &- 48 < 10 } }
}
