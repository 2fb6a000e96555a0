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
double cboost_ibeta_derivative(double a, double b, double x);

#ifdef __cplusplus
}
#endif
#endif
