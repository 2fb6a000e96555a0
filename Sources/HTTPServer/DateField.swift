import Glibc

/// The `Date` field (RFC 9110, 6.6.1), made anew when the second changes.
struct DateField {
    private var second = Int.min
    private var bytes: [UInt8] = []

    mutating func current() -> [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        if now.tv_sec != second {
            second = now.tv_sec
            bytes = Self.format(second)
        }
        return bytes
    }

    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` CR LF; the C library's names of days follow the locale, these do
    /// not.
    static func format(_ second: Int) -> [UInt8] {
        var time = tm()
        var second = time_t(second)
        gmtime_r(&second, &time)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(two(time.tm_mday)) \(months[Int(time.tm_mon)]) \(1900 + time.tm_year)"
        let clock = "\(two(time.tm_hour)):\(two(time.tm_min)):\(two(time.tm_sec))"
        return Array("Date: \(days[Int(time.tm_wday)]), \(date) \(clock) GMT\r\n".utf8)
    }
}
