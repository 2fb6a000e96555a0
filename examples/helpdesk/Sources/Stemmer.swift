/// Cuts the endings off English words so that "registered" finds "register".
///
/// A light stemmer: plurals, then `-ing`, `-ed`, `-ly`; never to fewer than three letters.
enum Stemmer {
    static func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        func ends(_ suffix: String) -> Bool {
            bytes.count >= suffix.utf8.count + 3 && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        }
        if ends("ies") {
            bytes.removeLast(3)
            bytes.append(0x79)
        } else if ends("sses") {
            bytes.removeLast(2)
        } else if bytes.last == 0x73, bytes.count > 3, bytes[bytes.count - 2] != 0x73,
            bytes[bytes.count - 2] != 0x75
        {
            bytes.removeLast()
        }
        for suffix in ["ation", "ment", "ing", "ed", "ly", "ion", "er", "or"] where ends(suffix) {
            bytes.removeLast(suffix.utf8.count)
            if bytes.count > 3, bytes[bytes.count - 1] == bytes[bytes.count - 2] { bytes.removeLast() }
            break
        }
        if bytes.count > 3, bytes.last == 0x65 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
