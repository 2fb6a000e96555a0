#ifndef CBOOSTMATH_H
#define CBOOSTMATH_H

// Boost.Math as plain C. Every function returns NaN where Boost refuses its arguments or overflows.

#ifdef __cplusplus
extern "C" {
#endif

double cboost_normal_cdf(double x);
double cboost_normal_sf(double x);
double cboost_normal_quantile(double p);

double cboost_t_cdf(double x, double df);
double cboost_t_sf(double x, double df);
double cboost_t_quantile(double p, double df);
double cboost_noncentral_t_sf(double x, double df, double noncentrality);

/// The regularised incomplete beta function, its complement, and the inverse of each in x.
double cboost_ibeta(double a, double b, double x);
double cboost_ibetac(double a, double b, double x);
double cboost_ibeta_inv(double a, double b, double p);
double cboost_ibetac_inv(double a, double b, double q);

double cboost_f_quantile(double p, double numerator, double denominator);
double cboost_f_upper_quantile(double q, double numerator, double denominator);

/// The regularised incomplete gamma functions P and Q, and the inverse of each in x.
double cboost_gamma_p(double a, double x);
double cboost_gamma_q(double a, double x);
double cboost_gamma_p_inv(double a, double p);
double cboost_gamma_q_inv(double a, double q);

/// log Γ(x), x > 0.
double cboost_lgamma(double x);

#ifdef __cplusplus
}
#endif
#endif
