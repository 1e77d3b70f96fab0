// The overloads of a call, made from the names of its parameters: what calls.h describes, for each number of them.
#pragma once
#pragma GCC system_header
// clang-format off

#define TAPER_COUNT_(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, n, ...) n
#define TAPER_COUNT(...) TAPER_COUNT_(__VA_ARGS__ __VA_OPT__(, ) 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define TAPER_JOIN_(a, b) a##b
#define TAPER_JOIN(a, b) TAPER_JOIN_(a, b)
#define TAPER_BARE(...) __VA_ARGS__
#define TAPER_ANY(...) __VA_OPT__(1)

// The first k by position: as parameters, as those of a function of Tensors alone, and put into the options o.
#define TAPER_PARAMETERS_1(O, a1) const decltype(O::a1)& a1
#define TAPER_PARAMETERS_2(O, a1, a2) const decltype(O::a1)& a1, const decltype(O::a2)& a2
#define TAPER_PARAMETERS_3(O, a1, a2, a3) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3
#define TAPER_PARAMETERS_4(O, a1, a2, a3, a4) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4
#define TAPER_PARAMETERS_5(O, a1, a2, a3, a4, a5) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5
#define TAPER_PARAMETERS_6(O, a1, a2, a3, a4, a5, a6) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6
#define TAPER_PARAMETERS_7(O, a1, a2, a3, a4, a5, a6, a7) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7
#define TAPER_PARAMETERS_8(O, a1, a2, a3, a4, a5, a6, a7, a8) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8
#define TAPER_PARAMETERS_9(O, a1, a2, a3, a4, a5, a6, a7, a8, a9) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9
#define TAPER_PARAMETERS_10(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10
#define TAPER_PARAMETERS_11(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11
#define TAPER_PARAMETERS_12(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11, const decltype(O::a12)& a12
#define TAPER_PARAMETERS_13(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11, const decltype(O::a12)& a12, const decltype(O::a13)& a13
#define TAPER_PARAMETERS_14(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11, const decltype(O::a12)& a12, const decltype(O::a13)& a13, const decltype(O::a14)& a14
#define TAPER_PARAMETERS_15(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11, const decltype(O::a12)& a12, const decltype(O::a13)& a13, const decltype(O::a14)& a14, const decltype(O::a15)& a15
#define TAPER_PARAMETERS_16(O, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) const decltype(O::a1)& a1, const decltype(O::a2)& a2, const decltype(O::a3)& a3, const decltype(O::a4)& a4, const decltype(O::a5)& a5, const decltype(O::a6)& a6, const decltype(O::a7)& a7, const decltype(O::a8)& a8, const decltype(O::a9)& a9, const decltype(O::a10)& a10, const decltype(O::a11)& a11, const decltype(O::a12)& a12, const decltype(O::a13)& a13, const decltype(O::a14)& a14, const decltype(O::a15)& a15, const decltype(O::a16)& a16
#define TAPER_TENSORS_1(a1) const ::taper::Tensor& a1
#define TAPER_TENSORS_2(a1, a2) const ::taper::Tensor& a1, const ::taper::Tensor& a2
#define TAPER_TENSORS_3(a1, a2, a3) const ::taper::Tensor& a1, const ::taper::Tensor& a2, const ::taper::Tensor& a3
#define TAPER_TENSORS_4(a1, a2, a3, a4) const ::taper::Tensor& a1, const ::taper::Tensor& a2, const ::taper::Tensor& a3, const ::taper::Tensor& a4
#define TAPER_PUT_1(call, a1) o.a1.put(a1, call, #a1)
#define TAPER_PUT_2(call, a1, a2) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2)
#define TAPER_PUT_3(call, a1, a2, a3) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3)
#define TAPER_PUT_4(call, a1, a2, a3, a4) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4)
#define TAPER_PUT_5(call, a1, a2, a3, a4, a5) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5)
#define TAPER_PUT_6(call, a1, a2, a3, a4, a5, a6) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6)
#define TAPER_PUT_7(call, a1, a2, a3, a4, a5, a6, a7) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7)
#define TAPER_PUT_8(call, a1, a2, a3, a4, a5, a6, a7, a8) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8)
#define TAPER_PUT_9(call, a1, a2, a3, a4, a5, a6, a7, a8, a9) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9)
#define TAPER_PUT_10(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10)
#define TAPER_PUT_11(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11)
#define TAPER_PUT_12(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11), o.a12.put(a12, call, #a12)
#define TAPER_PUT_13(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11), o.a12.put(a12, call, #a12), o.a13.put(a13, call, #a13)
#define TAPER_PUT_14(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11), o.a12.put(a12, call, #a12), o.a13.put(a13, call, #a13), o.a14.put(a14, call, #a14)
#define TAPER_PUT_15(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11), o.a12.put(a12, call, #a12), o.a13.put(a13, call, #a13), o.a14.put(a14, call, #a14), o.a15.put(a15, call, #a15)
#define TAPER_PUT_16(call, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) o.a1.put(a1, call, #a1), o.a2.put(a2, call, #a2), o.a3.put(a3, call, #a3), o.a4.put(a4, call, #a4), o.a5.put(a5, call, #a5), o.a6.put(a6, call, #a6), o.a7.put(a7, call, #a7), o.a8.put(a8, call, #a8), o.a9.put(a9, call, #a9), o.a10.put(a10, call, #a10), o.a11.put(a11, call, #a11), o.a12.put(a12, call, #a12), o.a13.put(a13, call, #a13), o.a14.put(a14, call, #a14), o.a15.put(a15, call, #a15), o.a16.put(a16, call, #a16)
// The options by their own names.
#define TAPER_LOCALS_0()
#define TAPER_LOCALS_1(a1) [[maybe_unused]] const auto& a1 = o.a1;
#define TAPER_LOCALS_2(a1, a2) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2;
#define TAPER_LOCALS_3(a1, a2, a3) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3;
#define TAPER_LOCALS_4(a1, a2, a3, a4) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4;
#define TAPER_LOCALS_5(a1, a2, a3, a4, a5) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5;
#define TAPER_LOCALS_6(a1, a2, a3, a4, a5, a6) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6;
#define TAPER_LOCALS_7(a1, a2, a3, a4, a5, a6, a7) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7;
#define TAPER_LOCALS_8(a1, a2, a3, a4, a5, a6, a7, a8) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8;
#define TAPER_LOCALS_9(a1, a2, a3, a4, a5, a6, a7, a8, a9) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9;
#define TAPER_LOCALS_10(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10;
#define TAPER_LOCALS_11(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11;
#define TAPER_LOCALS_12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11; [[maybe_unused]] const auto& a12 = o.a12;
#define TAPER_LOCALS_13(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11; [[maybe_unused]] const auto& a12 = o.a12; [[maybe_unused]] const auto& a13 = o.a13;
#define TAPER_LOCALS_14(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11; [[maybe_unused]] const auto& a12 = o.a12; [[maybe_unused]] const auto& a13 = o.a13; [[maybe_unused]] const auto& a14 = o.a14;
#define TAPER_LOCALS_15(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11; [[maybe_unused]] const auto& a12 = o.a12; [[maybe_unused]] const auto& a13 = o.a13; [[maybe_unused]] const auto& a14 = o.a14; [[maybe_unused]] const auto& a15 = o.a15;
#define TAPER_LOCALS_16(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) [[maybe_unused]] const auto& a1 = o.a1; [[maybe_unused]] const auto& a2 = o.a2; [[maybe_unused]] const auto& a3 = o.a3; [[maybe_unused]] const auto& a4 = o.a4; [[maybe_unused]] const auto& a5 = o.a5; [[maybe_unused]] const auto& a6 = o.a6; [[maybe_unused]] const auto& a7 = o.a7; [[maybe_unused]] const auto& a8 = o.a8; [[maybe_unused]] const auto& a9 = o.a9; [[maybe_unused]] const auto& a10 = o.a10; [[maybe_unused]] const auto& a11 = o.a11; [[maybe_unused]] const auto& a12 = o.a12; [[maybe_unused]] const auto& a13 = o.a13; [[maybe_unused]] const auto& a14 = o.a14; [[maybe_unused]] const auto& a15 = o.a15; [[maybe_unused]] const auto& a16 = o.a16;
#define TAPER_LOCALS(...) TAPER_JOIN(TAPER_LOCALS_, TAPER_COUNT(__VA_ARGS__))(__VA_ARGS__)
// The first r must be there; without them the rest cannot be left out.
#define TAPER_NEED_0(call, ...)
#define TAPER_NEED_1(call, a1, ...) o.a1.need(call, #a1), 
#define TAPER_NEED_2(call, a1, a2, ...) o.a1.need(call, #a1), o.a2.need(call, #a2), 
#define TAPER_NEED_3(call, a1, a2, a3, ...) o.a1.need(call, #a1), o.a2.need(call, #a2), o.a3.need(call, #a3), 
#define TAPER_NEED_4(call, a1, a2, a3, a4, ...) o.a1.need(call, #a1), o.a2.need(call, #a2), o.a3.need(call, #a3), o.a4.need(call, #a4), 
#define TAPER_REST_0_1 = {}
#define TAPER_REST_0_2 = {}
#define TAPER_REST_0_3 = {}
#define TAPER_REST_0_4 = {}
#define TAPER_REST_0_5 = {}
#define TAPER_REST_0_6 = {}
#define TAPER_REST_0_7 = {}
#define TAPER_REST_0_8 = {}
#define TAPER_REST_0_9 = {}
#define TAPER_REST_0_10 = {}
#define TAPER_REST_0_11 = {}
#define TAPER_REST_0_12 = {}
#define TAPER_REST_0_13 = {}
#define TAPER_REST_0_14 = {}
#define TAPER_REST_0_15 = {}
#define TAPER_REST_0_16 = {}
#define TAPER_REST_1_1 = {}
#define TAPER_REST_1_2 = {}
#define TAPER_REST_1_3 = {}
#define TAPER_REST_1_4 = {}
#define TAPER_REST_1_5 = {}
#define TAPER_REST_1_6 = {}
#define TAPER_REST_1_7 = {}
#define TAPER_REST_1_8 = {}
#define TAPER_REST_1_9 = {}
#define TAPER_REST_1_10 = {}
#define TAPER_REST_1_11 = {}
#define TAPER_REST_1_12 = {}
#define TAPER_REST_1_13 = {}
#define TAPER_REST_1_14 = {}
#define TAPER_REST_1_15 = {}
#define TAPER_REST_1_16 = {}
#define TAPER_REST_2_1
#define TAPER_REST_2_2 = {}
#define TAPER_REST_2_3 = {}
#define TAPER_REST_2_4 = {}
#define TAPER_REST_2_5 = {}
#define TAPER_REST_2_6 = {}
#define TAPER_REST_2_7 = {}
#define TAPER_REST_2_8 = {}
#define TAPER_REST_2_9 = {}
#define TAPER_REST_2_10 = {}
#define TAPER_REST_2_11 = {}
#define TAPER_REST_2_12 = {}
#define TAPER_REST_2_13 = {}
#define TAPER_REST_2_14 = {}
#define TAPER_REST_2_15 = {}
#define TAPER_REST_2_16 = {}
#define TAPER_REST_3_1
#define TAPER_REST_3_2
#define TAPER_REST_3_3 = {}
#define TAPER_REST_3_4 = {}
#define TAPER_REST_3_5 = {}
#define TAPER_REST_3_6 = {}
#define TAPER_REST_3_7 = {}
#define TAPER_REST_3_8 = {}
#define TAPER_REST_3_9 = {}
#define TAPER_REST_3_10 = {}
#define TAPER_REST_3_11 = {}
#define TAPER_REST_3_12 = {}
#define TAPER_REST_3_13 = {}
#define TAPER_REST_3_14 = {}
#define TAPER_REST_3_15 = {}
#define TAPER_REST_3_16 = {}
#define TAPER_REST_4_1
#define TAPER_REST_4_2
#define TAPER_REST_4_3
#define TAPER_REST_4_4 = {}
#define TAPER_REST_4_5 = {}
#define TAPER_REST_4_6 = {}
#define TAPER_REST_4_7 = {}
#define TAPER_REST_4_8 = {}
#define TAPER_REST_4_9 = {}
#define TAPER_REST_4_10 = {}
#define TAPER_REST_4_11 = {}
#define TAPER_REST_4_12 = {}
#define TAPER_REST_4_13 = {}
#define TAPER_REST_4_14 = {}
#define TAPER_REST_4_15 = {}
#define TAPER_REST_4_16 = {}
// emit(head, O, rest, k, name...) for each number k of names; the same, but full(head, O, K, k, name...) for all of them.
#define TAPER_EACH_0(emit, head, O, r)
#define TAPER_EACH_1(emit, head, O, r, a1) emit(head, O, TAPER_REST_##r##_1, 1, a1)
#define TAPER_EACH_2(emit, head, O, r, a1, a2) TAPER_EACH_1(emit, head, O, r, a1) emit(head, O, TAPER_REST_##r##_2, 2, a1, a2)
#define TAPER_EACH_3(emit, head, O, r, a1, a2, a3) TAPER_EACH_2(emit, head, O, r, a1, a2) emit(head, O, TAPER_REST_##r##_3, 3, a1, a2, a3)
#define TAPER_EACH_4(emit, head, O, r, a1, a2, a3, a4) TAPER_EACH_3(emit, head, O, r, a1, a2, a3) emit(head, O, TAPER_REST_##r##_4, 4, a1, a2, a3, a4)
#define TAPER_EACH_5(emit, head, O, r, a1, a2, a3, a4, a5) TAPER_EACH_4(emit, head, O, r, a1, a2, a3, a4) emit(head, O, TAPER_REST_##r##_5, 5, a1, a2, a3, a4, a5)
#define TAPER_EACH_6(emit, head, O, r, a1, a2, a3, a4, a5, a6) TAPER_EACH_5(emit, head, O, r, a1, a2, a3, a4, a5) emit(head, O, TAPER_REST_##r##_6, 6, a1, a2, a3, a4, a5, a6)
#define TAPER_EACH_7(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7) TAPER_EACH_6(emit, head, O, r, a1, a2, a3, a4, a5, a6) emit(head, O, TAPER_REST_##r##_7, 7, a1, a2, a3, a4, a5, a6, a7)
#define TAPER_EACH_8(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8) TAPER_EACH_7(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7) emit(head, O, TAPER_REST_##r##_8, 8, a1, a2, a3, a4, a5, a6, a7, a8)
#define TAPER_EACH_9(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9) TAPER_EACH_8(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8) emit(head, O, TAPER_REST_##r##_9, 9, a1, a2, a3, a4, a5, a6, a7, a8, a9)
#define TAPER_EACH_10(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) TAPER_EACH_9(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9) emit(head, O, TAPER_REST_##r##_10, 10, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)
#define TAPER_EACH_11(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) TAPER_EACH_10(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) emit(head, O, TAPER_REST_##r##_11, 11, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)
#define TAPER_EACH_12(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) TAPER_EACH_11(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) emit(head, O, TAPER_REST_##r##_12, 12, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
#define TAPER_EACH_13(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) TAPER_EACH_12(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) emit(head, O, TAPER_REST_##r##_13, 13, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13)
#define TAPER_EACH_14(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) TAPER_EACH_13(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) emit(head, O, TAPER_REST_##r##_14, 14, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14)
#define TAPER_EACH_15(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) TAPER_EACH_14(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) emit(head, O, TAPER_REST_##r##_15, 15, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15)
#define TAPER_EACH_16(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) TAPER_EACH_15(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) emit(head, O, TAPER_REST_##r##_16, 16, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16)
#define TAPER_EACH(emit, head, O, r, ...) TAPER_JOIN(TAPER_EACH_, TAPER_COUNT(__VA_ARGS__))(emit, head, O, r, __VA_ARGS__)
#define TAPER_ALL_0(emit, full, head, O, r, K)
#define TAPER_ALL_1(emit, full, head, O, r, K, a1) full(head, O, K, 1, a1)
#define TAPER_ALL_2(emit, full, head, O, r, K, a1, a2) TAPER_EACH_1(emit, head, O, r, a1) full(head, O, K, 2, a1, a2)
#define TAPER_ALL_3(emit, full, head, O, r, K, a1, a2, a3) TAPER_EACH_2(emit, head, O, r, a1, a2) full(head, O, K, 3, a1, a2, a3)
#define TAPER_ALL_4(emit, full, head, O, r, K, a1, a2, a3, a4) TAPER_EACH_3(emit, head, O, r, a1, a2, a3) full(head, O, K, 4, a1, a2, a3, a4)
#define TAPER_ALL_5(emit, full, head, O, r, K, a1, a2, a3, a4, a5) TAPER_EACH_4(emit, head, O, r, a1, a2, a3, a4) full(head, O, K, 5, a1, a2, a3, a4, a5)
#define TAPER_ALL_6(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6) TAPER_EACH_5(emit, head, O, r, a1, a2, a3, a4, a5) full(head, O, K, 6, a1, a2, a3, a4, a5, a6)
#define TAPER_ALL_7(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7) TAPER_EACH_6(emit, head, O, r, a1, a2, a3, a4, a5, a6) full(head, O, K, 7, a1, a2, a3, a4, a5, a6, a7)
#define TAPER_ALL_8(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7, a8) TAPER_EACH_7(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7) full(head, O, K, 8, a1, a2, a3, a4, a5, a6, a7, a8)
#define TAPER_ALL_9(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7, a8, a9) TAPER_EACH_8(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8) full(head, O, K, 9, a1, a2, a3, a4, a5, a6, a7, a8, a9)
#define TAPER_ALL_10(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) TAPER_EACH_9(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9) full(head, O, K, 10, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)
#define TAPER_ALL_11(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) TAPER_EACH_10(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) full(head, O, K, 11, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)
#define TAPER_ALL_12(emit, full, head, O, r, K, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) TAPER_EACH_11(emit, head, O, r, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) full(head, O, K, 12, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
#define TAPER_ALL(emit, full, head, O, r, K, ...) TAPER_JOIN(TAPER_ALL_, TAPER_COUNT(__VA_ARGS__))(emit, full, head, O, r, K __VA_OPT__(,) __VA_ARGS__)
// Without any, where none must be given.
#define TAPER_NONE_0(...) __VA_ARGS__
#define TAPER_NONE_1(...)
#define TAPER_NONE_2(...)
#define TAPER_NONE_3(...)
#define TAPER_NONE_4(...)

// ---- constructors
#define TAPER_FIRST(a1, ...) a1
#define TAPER_CONSTRUCTORS(Name, O, r, ...) \
    TAPER_NO_CONSTRUCTOR(Name, ::taper::detail::first_is_no_list<decltype(O::TAPER_FIRST(__VA_ARGS__, ))>) \
    TAPER_NONE_##r(Name();) \
    explicit Name(const O& o); \
    TAPER_EACH(TAPER_CONSTRUCTOR, Name, O, r, __VA_ARGS__)
#define TAPER_CONSTRUCTOR(Name, O, rest, k, ...) \
    explicit Name(TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o rest);
#define TAPER_DEFINE_CONSTRUCTORS(Name, O, r, ...) \
    TAPER_NONE_##r(Name::Name() : Name(::taper::Called(), O()) {}) \
    Name::Name(const O& o) : Name(::taper::Called(), (TAPER_NEED_##r(#Name, __VA_ARGS__, ) o)) {} \
    TAPER_EACH(TAPER_DEFINE_CONSTRUCTOR, Name, O, r, __VA_ARGS__)
#define TAPER_DEFINE_CONSTRUCTOR(Name, O, rest, k, ...) \
    Name::Name(TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o) : Name(static_cast<const O&>((TAPER_PUT_##k(#Name, __VA_ARGS__), o))) {}

// ---- functions, and methods, which have a qualifier q
#define TAPER_ALSO_FUNCTION(T, name, O, r, ...) TAPER_DECLARE(T, name, , O, r, (__VA_ARGS__), (o))
#define TAPER_ALSO_METHOD(T, name, O, r, ...) TAPER_DECLARE(T, name, const, O, r, (__VA_ARGS__), (o))
// What a call finds that fits no signature: it is refused, in a `requires` and in a trait too. `call` is its name where that
// of the function is another. GCC refuses what is deleted, Clang what it has a sentence for: of what is deleted it would list
// the whole overload set. It shows where `diagnose_if` stands and each macro on the way, so that few must be there.
#ifdef __clang__
#define TAPER_DELETED_HEAD \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"") \
    template <class Arguments = ::taper::ArgumentsDoNotFit>
#define TAPER_DELETED_TAIL ; _Pragma("clang diagnostic pop")
#define TAPER_NO_FIT ": no signature of it fits these arguments", "error"
#define TAPER_DOES_NOT_FIT(name, q) TAPER_DELETED_HEAD __attribute__((diagnose_if(true, #name TAPER_NO_FIT))) Arguments name(...) q TAPER_DELETED_TAIL
#define TAPER_CALL_DOES_NOT_FIT(call, name, q) TAPER_DELETED_HEAD __attribute__((diagnose_if(true, #call TAPER_NO_FIT))) Arguments name(...) q TAPER_DELETED_TAIL
#define TAPER_FUNCTION(T, name, O, r, ...) \
    TAPER_DELETED_HEAD __attribute__((diagnose_if(true, #name TAPER_NO_FIT))) Arguments name(...)  TAPER_DELETED_TAIL \
    TAPER_ALSO_FUNCTION(T, name, O, r, __VA_ARGS__)
#define TAPER_METHOD(T, name, O, r, ...) \
    TAPER_DELETED_HEAD __attribute__((diagnose_if(true, #name TAPER_NO_FIT))) Arguments name(...) const TAPER_DELETED_TAIL \
    TAPER_ALSO_METHOD(T, name, O, r, __VA_ARGS__)
#define TAPER_NO_METHOD_METHOD_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) const TAPER_DELETED_TAIL
#define TAPER_NO_METHOD_BOTH_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) const TAPER_DELETED_TAIL
#define TAPER_NO_METHOD_BOTH_OUT_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) const TAPER_DELETED_TAIL
#define TAPER_NO_METHOD_BOTH_OUTS_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) const TAPER_DELETED_TAIL
#define TAPER_NO_FUNCTION_FUNCTION_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) TAPER_DELETED_TAIL
#define TAPER_NO_FUNCTION_FUNCTION_OUT_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) TAPER_DELETED_TAIL
#define TAPER_NO_FUNCTION_BOTH_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) TAPER_DELETED_TAIL
#define TAPER_NO_FUNCTION_BOTH_OUT_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) TAPER_DELETED_TAIL
#define TAPER_NO_FUNCTION_BOTH_OUTS_FIRST(attribute, name) TAPER_DELETED_HEAD __attribute__((attribute(true, #name TAPER_NO_FIT))) Arguments name(...) TAPER_DELETED_TAIL
#define TAPER_NO_CONSTRUCTOR(Name, ...) template <class Arguments = ::taper::ArgumentsDoNotFit> explicit Name(...) = delete;
#define TAPER_NO_CONSTRUCTOR_OF_LIST(Name)
// A declaration that is refused, with this sentence where the compiler can say one.
#define TAPER_REFUSED(sentence, ...) __attribute__((unavailable(sentence))) __VA_ARGS__
#else
#define TAPER_DOES_NOT_FIT(name, q) template <class Arguments = ::taper::ArgumentsDoNotFit> Arguments name(...) q = delete;
#define TAPER_CALL_DOES_NOT_FIT(call, name, q) TAPER_DOES_NOT_FIT(name, q)
#define TAPER_FUNCTION(T, name, O, r, ...) TAPER_DOES_NOT_FIT(name, ) TAPER_ALSO_FUNCTION(T, name, O, r, __VA_ARGS__)
#define TAPER_METHOD(T, name, O, r, ...) TAPER_DOES_NOT_FIT(name, const) TAPER_ALSO_METHOD(T, name, O, r, __VA_ARGS__)
#define TAPER_NO_METHOD_METHOD_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, const)
#define TAPER_NO_METHOD_BOTH_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, const)
#define TAPER_NO_METHOD_BOTH_OUT_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, const)
#define TAPER_NO_METHOD_BOTH_OUTS_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, const)
#define TAPER_NO_FUNCTION_FUNCTION_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, )
#define TAPER_NO_FUNCTION_FUNCTION_OUT_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, )
#define TAPER_NO_FUNCTION_BOTH_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, )
#define TAPER_NO_FUNCTION_BOTH_OUT_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, )
#define TAPER_NO_FUNCTION_BOTH_OUTS_FIRST(attribute, name) TAPER_DOES_NOT_FIT(name, )
// GCC takes X(5) for X(X(5)) as well where an X can be made of anything. X({1, 2}) would be X(X(1, 2)) as well.
#define TAPER_NO_CONSTRUCTOR(Name, ...) \
    template <class Arguments = ::taper::ArgumentsDoNotFit> requires(__VA_ARGS__) \
    explicit Name(const ::taper::detail::AnyArgument&, ...) = delete;
#define TAPER_NO_CONSTRUCTOR_OF_LIST(Name) TAPER_NO_CONSTRUCTOR(Name, true)
#define TAPER_REFUSED(sentence, ...) __VA_ARGS__ = delete
#endif
#define TAPER_NO_METHOD_FUNCTION_FIRST(attribute, name)
#define TAPER_NO_METHOD_FUNCTION_OUT_FIRST(attribute, name)
#define TAPER_NO_FUNCTION_METHOD_FIRST(attribute, name)
#define TAPER_NO_METHOD_METHOD_ALSO(attribute, name)
#define TAPER_NO_METHOD_FUNCTION_ALSO(attribute, name)
#define TAPER_NO_METHOD_FUNCTION_OUT_ALSO(attribute, name)
#define TAPER_NO_METHOD_BOTH_ALSO(attribute, name)
#define TAPER_NO_METHOD_BOTH_OUT_ALSO(attribute, name)
#define TAPER_NO_METHOD_BOTH_OUTS_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_METHOD_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_FUNCTION_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_FUNCTION_OUT_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_BOTH_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_BOTH_OUT_ALSO(attribute, name)
#define TAPER_NO_FUNCTION_BOTH_OUTS_ALSO(attribute, name)
// P: the parameters that may be given by position, K: those by keyword only. If there are none of these, all that have a
// place can stand there without options.
#define TAPER_DECLARE(T, name, q, O, r, P, K) \
    TAPER_NONE_##r(T name() q;) \
    T name(const O& o) q; \
    TAPER_ALL(TAPER_OVERLOAD, TAPER_FULL, (T, name, q), O, r, K, TAPER_BARE P)
#define TAPER_OVERLOAD(head, O, rest, k, ...) TAPER_OVERLOAD_(TAPER_BARE head, (TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o rest))
#define TAPER_FULL(head, O, K, k, ...) TAPER_OVERLOAD_(TAPER_BARE head, (TAPER_PARAMETERS_##k(O, __VA_ARGS__) TAPER_JOIN(TAPER_MORE_, TAPER_ANY K)(O)))
#define TAPER_MORE_(O)
#define TAPER_MORE_1(O) , O o = {}
#define TAPER_OVERLOAD_(...) TAPER_OVERLOAD__(__VA_ARGS__)
#define TAPER_OVERLOAD__(T, name, q, call) T name call q;
// The same where all that have a place are Tensors, which stand there as such; of a function, which is there already.
#define TAPER_DECLARE_TENSORS(T, name, q, O, r, P, K) \
    T name(const O& o) q; \
    TAPER_ALL(TAPER_OVERLOAD, TAPER_FULL_TENSORS, (T, name, q), O, r, K, TAPER_BARE P)
#define TAPER_FULL_TENSORS(head, O, K, k, ...) \
    TAPER_OVERLOAD_(TAPER_BARE head, (TAPER_TENSORS_##k(__VA_ARGS__))) \
    TAPER_FULL_KEYWORDS(head, O, K, k, __VA_ARGS__)
#define TAPER_DECLARE_KEYWORDS(T, name, q, O, r, P, K) \
    T name(const O& o) q; \
    TAPER_ALL(TAPER_OVERLOAD, TAPER_FULL_KEYWORDS, (T, name, q), O, r, K, TAPER_BARE P)
#define TAPER_FULL_KEYWORDS(head, O, K, k, ...) \
    TAPER_JOIN(TAPER_WITH_, TAPER_ANY K)(TAPER_OVERLOAD_(TAPER_BARE head, (TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o)))
#define TAPER_WITH_(...)
#define TAPER_WITH_1(...) __VA_ARGS__

// ---- their definitions: `body` is an expression in brackets, made of the options o, and in a method of *this
#define TAPER_DEFINE_FUNCTION(T, name, O, body, r, ...) TAPER_DEFINE(T, , name, , O, r, (__VA_ARGS__), (o), , body)
#define TAPER_DEFINE_METHOD(T, Class, name, O, body, r, ...) TAPER_DEFINE(T, Class::, name, const, O, r, (__VA_ARGS__), (o), , body)
// `body` made of the parameters' names, and of what `self` says.
#define TAPER_DEFINE_NAMED(T, scope, name, q, O, r, P, K, self, body) \
    TAPER_NONE_##r(T scope name() q { return name(O()); }) \
    T scope name(const O& o) q { TAPER_NEEDED(r, name, TAPER_BARE P) TAPER_LOCALS P TAPER_LOCALS K self return TAPER_BARE body; } \
    TAPER_ALL(TAPER_DEFINE_CALL_NAMED, TAPER_DEFINE_FULL_NAMED, (T, scope, name, q, self, body), O, r, K, TAPER_BARE P)
#define TAPER_DEFINE_CALL_NAMED(head, O, rest, k, ...) TAPER_DEFINE_CALL_NAMED_(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_CALL_NAMED_(...) TAPER_DEFINE_CALL_NAMED__(__VA_ARGS__)
#define TAPER_DEFINE_CALL_NAMED__(T, scope, name, q, self, body, O, k, ...) TAPER_DEFINE_CALL__(T, scope, name, q, O, k, __VA_ARGS__)
#define TAPER_DEFINE_FULL_NAMED(head, O, K, k, ...) TAPER_JOIN(TAPER_DEFINE_FULL_NAMED_, TAPER_ANY K)(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_FULL_NAMED_1(...) TAPER_DEFINE_CALL_NAMED__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_NAMED_(...) TAPER_DEFINE_FULL_NAMED__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_NAMED__(T, scope, name, q, self, body, O, k, ...) \
    T scope name(TAPER_PARAMETERS_##k(O, __VA_ARGS__)) q { self return TAPER_BARE body; }
#define TAPER_DEFINE(T, scope, name, q, O, r, P, K, first, body) \
    TAPER_NONE_##r(T scope name() q { return name(O()); }) \
    T scope name(const O& o) q { TAPER_NEEDED(r, name, TAPER_BARE P) first return TAPER_BARE body; } \
    TAPER_ALL(TAPER_DEFINE_CALL, TAPER_DEFINE_FULL, (T, scope, name, q), O, r, K, TAPER_BARE P)
#define TAPER_NEEDED(r, name, ...) TAPER_NEEDED_(r, name, __VA_ARGS__)
#define TAPER_NEEDED_(r, name, ...) TAPER_NEED_##r(#name, __VA_ARGS__ , ) (void)o;
#define TAPER_DEFINE_CALL(head, O, rest, k, ...) TAPER_DEFINE_CALL_(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_CALL_(...) TAPER_DEFINE_CALL__(__VA_ARGS__)
#define TAPER_DEFINE_CALL__(T, scope, name, q, O, k, ...) \
    T scope name(TAPER_PARAMETERS_##k(O, __VA_ARGS__), O o) q { return name(static_cast<const O&>((TAPER_PUT_##k(#name, __VA_ARGS__), o))); }
#define TAPER_DEFINE_FULL(head, O, K, k, ...) TAPER_JOIN(TAPER_DEFINE_FULL_, TAPER_ANY K)(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_FULL_1(...) TAPER_DEFINE_CALL__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_(...) TAPER_DEFINE_FULL__(__VA_ARGS__)
#define TAPER_DEFINE_FULL__(T, scope, name, q, O, k, ...) \
    T scope name(TAPER_PARAMETERS_##k(O, __VA_ARGS__)) q { O o; return name(static_cast<const O&>((TAPER_PUT_##k(#name, __VA_ARGS__), o))); }
// Of Tensors: a method of them alone is defined here unless there are keywords, a function elsewhere.
#define TAPER_DEFINE_TENSORS(T, scope, name, q, O, r, P, K, self, body) \
    TAPER_DEFINE_KEYWORDS_(TAPER_DEFINE_FULL_TENSORS, T, scope, name, q, O, r, P, K, self, body)
#define TAPER_DEFINE_KEYWORDS(T, scope, name, q, O, r, P, K, self, body) \
    TAPER_DEFINE_KEYWORDS_(TAPER_DEFINE_FULL_KEYWORDS, T, scope, name, q, O, r, P, K, self, body)
#define TAPER_DEFINE_KEYWORDS_(full, T, scope, name, q, O, r, P, K, self, body) \
    T scope name(const O& o) q { TAPER_NEEDED(r, name, TAPER_BARE P) TAPER_LOCALS P TAPER_LOCALS K self return TAPER_BARE body; } \
    TAPER_ALL(TAPER_DEFINE_CALL_NAMED, full, (T, scope, name, q, self, body), O, r, K, TAPER_BARE P)
#define TAPER_DEFINE_FULL_TENSORS(head, O, K, k, ...) TAPER_JOIN(TAPER_DEFINE_FULL_TENSORS_, TAPER_ANY K)(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_FULL_TENSORS_1(...) TAPER_DEFINE_CALL_NAMED__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_TENSORS_(...) TAPER_DEFINE_FULL_TENSORS__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_TENSORS__(T, scope, name, q, self, body, O, k, ...) \
    T scope name(TAPER_TENSORS_##k(__VA_ARGS__)) q { self return TAPER_BARE body; }
#define TAPER_DEFINE_FULL_KEYWORDS(head, O, K, k, ...) TAPER_JOIN(TAPER_DEFINE_FULL_KEYWORDS_, TAPER_ANY K)(TAPER_BARE head, O, k, __VA_ARGS__)
#define TAPER_DEFINE_FULL_KEYWORDS_1(...) TAPER_DEFINE_CALL_NAMED__(__VA_ARGS__)
#define TAPER_DEFINE_FULL_KEYWORDS_(...)

// ---- for tables of signatures
#define TAPER_EXPAND(macro, ...) macro(__VA_ARGS__)
#define TAPER_DECLARE_STRICT(T, name, q, O, r, P, K) \
    template <::taper::Number N> ::taper::ArgumentsDoNotFit name(N) q = delete; \
    TAPER_DECLARE_TENSORS(T, name, q, O, r, P, K)
#define TAPER_DEFINE_STRICT(...) TAPER_DEFINE_TENSORS(__VA_ARGS__)
#define TAPER_DECLARE_ARGUMENTS(...) TAPER_DECLARE(__VA_ARGS__)
#define TAPER_DEFINE_ARGUMENTS(...) TAPER_DEFINE_NAMED(__VA_ARGS__)
// Sizes one by one, from two on.
#define TAPER_FROM_TWO_1(...)
#define TAPER_FROM_TWO_2(...) __VA_ARGS__
#define TAPER_FROM_TWO_3(...) __VA_ARGS__
#define TAPER_FROM_TWO_4(...) __VA_ARGS__
#define TAPER_FROM_TWO_5(...) __VA_ARGS__
#define TAPER_FROM_TWO_6(...) __VA_ARGS__
#define TAPER_SIZES_1(...)
#define TAPER_SIZES_2(a1, a2) const ::taper::Arg<std::int64_t>& a1, const ::taper::Arg<std::int64_t>& a2
#define TAPER_SIZES_3(a1, a2, a3) const ::taper::Arg<std::int64_t>& a1, const ::taper::Arg<std::int64_t>& a2, const ::taper::Arg<std::int64_t>& a3
#define TAPER_SIZES_4(a1, a2, a3, a4) const ::taper::Arg<std::int64_t>& a1, const ::taper::Arg<std::int64_t>& a2, const ::taper::Arg<std::int64_t>& a3, const ::taper::Arg<std::int64_t>& a4
#define TAPER_SIZES_5(a1, a2, a3, a4, a5) const ::taper::Arg<std::int64_t>& a1, const ::taper::Arg<std::int64_t>& a2, const ::taper::Arg<std::int64_t>& a3, const ::taper::Arg<std::int64_t>& a4, const ::taper::Arg<std::int64_t>& a5
#define TAPER_SIZES_6(a1, a2, a3, a4, a5, a6) const ::taper::Arg<std::int64_t>& a1, const ::taper::Arg<std::int64_t>& a2, const ::taper::Arg<std::int64_t>& a3, const ::taper::Arg<std::int64_t>& a4, const ::taper::Arg<std::int64_t>& a5, const ::taper::Arg<std::int64_t>& a6
#define TAPER_VALUES_2(a1, a2) a1, a2
#define TAPER_VALUES_3(a1, a2, a3) a1, a2, a3
#define TAPER_VALUES_4(a1, a2, a3, a4) a1, a2, a3, a4
#define TAPER_VALUES_5(a1, a2, a3, a4, a5) a1, a2, a3, a4, a5
#define TAPER_VALUES_6(a1, a2, a3, a4, a5, a6) a1, a2, a3, a4, a5, a6
#define TAPER_INPUT_AND(...) (input __VA_OPT__(,) __VA_ARGS__)
#define TAPER_AND_OUT(...) (__VA_ARGS__ __VA_OPT__(,) out)
#define TAPER_NEXT_0 1
#define TAPER_NEXT_1 2
#define TAPER_NEXT_2 3
#define TAPER_NEXT_3 4

// clang-format on
