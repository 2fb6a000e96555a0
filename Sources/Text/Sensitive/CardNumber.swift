/// Numbers of payment cards, told from other long numbers by their digits alone.
public enum CardNumber {
    /// Whether these digits are a number of a well-known scheme: its beginning, its length and its check digit
    /// (ISO/IEC 7812-1, Luhn).
    ///
    /// Of random numbers of 16 digits some two in a hundred are. Known are Visa, Mastercard, Discover, JCB and UnionPay
    /// with 16 digits, American Express with 15, Diners Club with 14.
    ///
    /// - Parameter digits: ASCII digits alone; anything else makes it none.
    public static func isWellKnown(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        let count = digits.count
        guard (14...16).contains(count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + Int($1 & 0x0F) }
        switch (count, prefix) {
        case (16, 4000...4999), (16, 5100...5599), (16, 2221...2720): break
        case (16, 6011), (16, 6200...6299), (16, 6440...6599), (16, 3528...3589): break
        case (15, 3400...3499), (15, 3700...3799): break
        case (14, 3000...3059), (14, 3600...3699), (14, 3800...3899): break
        default: return false
        }
        return hasCheckDigit(digits)
    }

    /// Whether the last of these ASCII digits is the check digit of those before it.
    static func hasCheckDigit(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        var sum = 0
        for (place, byte) in digits.reversed().enumerated() {
            let digit = Int(byte & 0x0F)
            let doubled = place % 2 == 1 ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum % 10 == 0
    }
}
