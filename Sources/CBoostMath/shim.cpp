#if !__has_include(<boost/math/distributions/normal.hpp>)
#error "Boost.Math headers are missing: run scripts/bootstrap (Debian: libboost-dev)"
#endif

#include "CBoostMath.h"

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <limits>

namespace {

using namespace boost::math;

// Without promotion the answers are those of plain doubles on every processor.
using Policy = policies::policy<policies::promote_double<false>>;
using Normal = normal_distribution<double, Policy>;
using StudentT = students_t_distribution<double, Policy>;
using FisherF = fisher_f_distribution<double, Policy>;
using NoncentralT = non_central_t_distribution<double, Policy>;

template <class Body> double guarded(Body body) noexcept {
    try {
        return body();
    } catch (...) {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

} // namespace

extern "C" {

double cboost_normal_cdf(double x) {
    return guarded([=] { return cdf(Normal(), x); });
}
double cboost_normal_sf(double x) {
    return guarded([=] { return cdf(complement(Normal(), x)); });
}
double cboost_normal_quantile(double p) {
    return guarded([=] { return quantile(Normal(), p); });
}

double cboost_t_cdf(double x, double df) {
    return guarded([=] { return cdf(StudentT(df), x); });
}
double cboost_t_sf(double x, double df) {
    return guarded([=] { return cdf(complement(StudentT(df), x)); });
}
double cboost_t_quantile(double p, double df) {
    return guarded([=] { return quantile(StudentT(df), p); });
}
double cboost_noncentral_t_sf(double x, double df, double noncentrality) {
    return guarded([=] { return cdf(complement(NoncentralT(df, noncentrality), x)); });
}

double cboost_ibeta(double a, double b, double x) {
    return guarded([=] { return ibeta(a, b, x, Policy()); });
}
double cboost_ibetac(double a, double b, double x) {
    return guarded([=] { return ibetac(a, b, x, Policy()); });
}
double cboost_ibeta_inv(double a, double b, double p) {
    return guarded([=] { return ibeta_inv(a, b, p, Policy()); });
}
double cboost_ibetac_inv(double a, double b, double q) {
    return guarded([=] { return ibetac_inv(a, b, q, Policy()); });
}

double cboost_f_quantile(double p, double numerator, double denominator) {
    return guarded([=] { return quantile(FisherF(numerator, denominator), p); });
}
double cboost_f_upper_quantile(double q, double numerator, double denominator) {
    return guarded([=] { return quantile(complement(FisherF(numerator, denominator), q)); });
}

double cboost_gamma_p(double a, double x) {
    return guarded([=] { return gamma_p(a, x, Policy()); });
}
double cboost_gamma_q(double a, double x) {
    return guarded([=] { return gamma_q(a, x, Policy()); });
}
double cboost_gamma_p_inv(double a, double p) {
    return guarded([=] { return gamma_p_inv(a, p, Policy()); });
}
double cboost_gamma_q_inv(double a, double q) {
    return guarded([=] { return gamma_q_inv(a, q, Policy()); });
}
double cboost_lgamma(double x) {
    return guarded([=] { return lgamma(x, Policy()); });
}

}
