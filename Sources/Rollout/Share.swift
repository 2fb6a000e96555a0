/// A part of the traffic, in steps of 0.01 %.
public struct Share: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// In hundredths of a percent, `0...10000`.
    public let hundredths: Int

    public static let none = Share(hundredths: 0)
    public static let all = Share(hundredths: 10_000)

    /// What lies outside is moved to the nearer end.
    public init(hundredths: Int) { self.hundredths = min(max(hundredths, 0), 10_000) }

    /// The share of a part of 1; nil outside `0...1`, and for what is finer than 0.01 %.
    public init?(fraction: Double) {
        guard (0...1).contains(fraction) else { return nil }
        let steps = (fraction * 10_000).rounded()
        guard abs(fraction * 10_000 - steps) < 1e-6 else { return nil }
        hundredths = Int(steps)
    }

    public var fraction: Double { Double(hundredths) / 10_000 }

    public static func < (left: Share, right: Share) -> Bool { left.hundredths < right.hundredths }

    /// `1%`, `0.25%`.
    public var description: String {
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(whole)%" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
