// What sentences about functions, equations, vectors, data, chances and shapes mean.
#include <iterator>

#include "lsp/features/solve/phrasings.h"

namespace lsp::features::solve {
namespace {

constexpr Phrasing functions[] = {
    {"slope|gradient of? tangent? line? to? y =? $A at @X = $B", "subs( diff( $A , $X ) , $X , $B )"},
    {"slope|gradient of? tangent? line? to? $A at @X = $B", "subs( diff( $A , $X ) , $X , $B )"},
    {"slope|gradient of? tangent? line? to? $A at #B", "subs( diff( $A , x ) , x , $B )"},
    {"rate of change of $A at @X = $B", "subs( diff( $A , $X ) , $X , $B )"},
    {"equation? of? tangent line? to|of|for curve|graph? y = $A at point? x = $B",
     "tangent_line( $A , x , $B )"},
    {"equation? of? tangent line? to|of|for curve|graph? y? =? $A at point? @X = $B",
     "tangent_line( $A , $X , $B )"},
    {"equation? of? tangent line? to|of|for y? =? $A at #B", "tangent_line( $A , x , $B )"},
    {"equation? of? normal line? to|of|for curve|graph? y? =? $A at point? @X = $B",
     "normal_line( $A , $X , $B )"},
    {"derivative of $A at #B", "subs( diff( $A , x ) , x , $B )"},
    {"derivative of $A at @X = $B", "subs( diff( $A , $X ) , $X , $B )"},
    {"differentiate $A at #B", "subs( diff( $A , x ) , x , $B )"},
    {"y = $A , y '", "derivative of ~A"},
    {"area between y? =? $A and y? =? $B from x? =? $C to x? =? $D",
     "integrate( abs( $A - $B ) , ( x , $C , $D ) )"},
    {"average|mean value of f? $A on|over|from|between [ $C , $D ]",
     "integrate( $A , ( x , $C , $D ) ) / ( $D - $C )"},
    {"average|mean value of $A from|between x? =? $C to|and x? =? $D",
     "integrate( $A , ( x , $C , $D ) ) / ( $D - $C )"},
    {"arc? length of curve? y? =? $A from|between x? =? $C to|and x? =? $D",
     "integrate( sqrt( 1 + diff( $A , x ) ^ 2 ) , ( x , $C , $D ) )"},
    {"volume of revolution|rotation of y? =? $A about|around? x? axis? from|between x? =? $C to|and x? =? $D",
     "integrate( pi * $A ^ 2 , ( x , $C , $D ) )"},
    {"double integral of $A over? for? @X from $B to $C and|, @Y from $D to $E",
     "integrate( integrate( $A , ( $X , $B , $C ) ) , ( $Y , $D , $E ) )"},
    {"inflection|inflexion points|point of $A", "solve diff( $A , x , 2 ) = 0"},
    {"points of inflection of $A", "solve diff( $A , x , 2 ) = 0"},
    {"where|when is|does|has $A minimal|minimum|smallest", "minimum of ~A"},
    {"for which|what @X is $A minimal|smallest|minimum", "minimum of ~A"},
    {"for which|what @X is $A maximal|largest|maximum", "maximum of ~A"},
    {"vertex of parabola? y|f? =? $A", "minimum of ~A"},
    {"linear approximation|linearization of $A at|near @X = $B", "tangent_line( $A , $X , $B )"},
};

constexpr Phrasing equations[] = {
    {"make @X subject of formula? $A = $B", "solve ~A = ~B for $X"},
    {"rearrange|transpose|isolate $A = $B for|to|to make? get? isolate? find? @X", 
     "solve ~A = ~B for $X"},
    {"isolate @X in|from $A = $B", "solve ~A = ~B for $X"},
    {"@X in terms of $C if|given|when|where $A = $B", "solve ~A = ~B for $X"},
    {"express @X in terms of @Y if|given|when|where|from|in $A = $B", "solve ~A = ~B for $X"},
    {"what|which value|values of @X makes|make|satisfies|satisfy|solves $A = $B",
     "solve ~A = ~B for $X"},
    {"for what|which value|values? of? @X is|does|do $A = $B", "solve ~A = ~B for $X"},
    {"for what|which value|values? of? @X is|does|do $A equal|equals $B", "solve ~A = ~B for $X"},
    {"for what|which value|values? of? @X is|does $A > $B", "solve ~A > ~B"},
    {"for what|which value|values? of? @X is|does $A < $B", "solve ~A < ~B"},
    {"for what|which value|values? of? @X is $A positive", "solve ~A > 0"},
    {"for what|which value|values? of? @X is $A negative", "solve ~A < 0"},
    {"if @X = $B what|find|then is|compute? $A", "~A at $X = $B"},
    {"when|given @X = $B what|find|then|compute? is? $A", "~A at $X = $B"},
    {"$A if @X = $B", "~A at $X = $B"},
    {"$A with|for|given|where|when @X = $B and @Y = $C", "~A at $X = $B , $Y = $C"},
    {"plug|substitute|put @X = $B in|into|to $A", "~A at $X = $B"},
    {"substitute|plug $B for|in? for? @X in|into $A", "~A at $X = $B"},
    {"solution|solutions|roots|root|zeros|zeroes to|of|for equation? $A = $B", "solve ~A = ~B"},
    {"where|when does|do|is $A equal? = ? zero|0", "solve ~A = 0"},
    {"where|when is $A equal? =? $B", "solve ~A = ~B"},
    {"where|when does $A equal|equals|reach $B", "solve ~A = ~B"},
    {"x intercepts|intercept of y? =? $A", "solve ~A = 0"},
    {"x - intercepts|intercept of y? =? $A", "solve ~A = 0"},
    {"y - intercept of y? =? $A", "~A at x = 0"},
    {"y intercept of y? =? $A", "~A at x = 0"},
    {"intersection|intersections point|points? of|between lines|curves|graphs? y = $A and|, y = $B",
     "solve y = ~A , y = ~B"},
    {"where|when do|does lines|curves|graphs? y = $A and|, y = $B intersect|meet|cross",
     "solve y = ~A , y = ~B"},
    {"intersect|intersection|intersections point|points? of|between? lines|curves? $A = $B and|, $C = $D",
     "solve ~A = ~B , ~C = ~D"},
    {"where|when do|does lines|curves? $A = $B and|, $C = $D intersect|meet|cross",
     "solve ~A = ~B , ~C = ~D"},
    {"$A expanded", "expand ~A"},
    {"$A factored|factorised|factorized", "factor ~A"},
    {"$A simplified", "simplify ~A"},
    {"multiply out? $A and|with $B", "expand( $A * $B )"},
    {"multiply|combine|add $A", "simplify ~A"},
    {"polynomial? long? division of $A by $B", "quotient of ~A divided by ~B"},
    {"coefficient of @X ^ #N in|of expansion|? of? $A", "coefficient( $A , $X , $N )"},
    {"coefficient of @X in|of expansion? of? $A", "coefficient( $A , $X , 1 )"},
    {"constant term of|in $A", "coefficient( $A , x , 0 )"},
    {"leading coefficient of $A", "leading_coefficient( $A )"},
    {"use? quadratic formula for|on|to|: solve? $A", "solve ~A"},
    {"quadratic formula $A", "solve ~A"},
    {"partial fractions|fraction of? decomposition? of? $A", "apart( $A )"},
    {"decompose|split $A into|in partial fractions", "apart( $A )"},
    {"inverse function? of f ( @X ) = $A", "inverse_function( $A , $X )"},
    {"inverse function? of y = $A", "inverse_function( $A , x )"},
    {"log|logarithm of? #A base|to to? base? #B", "log( $A , $B )"},
    {"log|logarithm of $A to|in|with base $B", "log( $A , $B )"},
    {"log of? $A base $B", "log( $A , $B )"},
    {"natural log|logarithm of $A", "ln( $A )"},
    {"common log|logarithm of $A", "log10( $A )"},
    {"sine of $A", "sin( $A )"},
    {"cosine of $A", "cos( $A )"},
    {"tangent of #A degrees?", "tan( $A degrees )"},
};

constexpr Phrasing vectors[] = {
    {"unit vector of|in|for|along direction? of? vector? $A", "$A / norm( $A )"},
    {"normalize|normalise vector? $A", "$A / norm( $A )"},
    {"distance between|from points? $A and|to $B", "norm( $A - $B )"},
    {"midpoint of|between points|segment|line? from? $A and|to $B", "( $A + $B ) / 2"},
    {"slope|gradient of|between|from|through line? through|from|between|joining? points? ( $A , $B ) "
     "and|to|, ( $C , $D )", "( $D - $B ) / ( $C - $A )"},
    {"equation? of? line|straight line? through|between|from|passing through? points? ( $A , $B ) "
     "and|to|, ( $C , $D )",
     "expand( ( $D - $B ) / ( $C - $A ) * ( x - $A ) + $B )"},
    {"projection of $A onto|on $B", "dot( $A , $B ) / dot( $B , $B ) * $B"},
    {"project $A onto|on $B", "dot( $A , $B ) / dot( $B , $B ) * $B"},
    {"( $A ) . ( $B )", "dot( ( ~A ) , ( ~B ) )"},
    {"( $A ) dot ( $B )", "dot( ( ~A ) , ( ~B ) )"},
    {"( $A ) x|cross ( $B )", "cross( ( ~A ) , ( ~B ) )"},
    {"| | $A | |", "norm( $A )"},
    {"| ( $A , $B ) |", "norm( ( ~A , ~B ) )"},
    {"is $A orthogonal|perpendicular to $B", "dot( $A , $B )"},
};

constexpr Phrasing sets[] = {
    {"$A union|∪ $B", "set_union( $A , $B )"},
    {"union of $A and $B", "set_union( $A , $B )"},
    {"$A intersection|intersect|∩ $B", "set_intersection( $A , $B )"},
    {"$A intersected with $B", "set_intersection( $A , $B )"},
    {"intersection of { $A } and { $B }", "set_intersection( { ~A } , { ~B } )"},
    {"{ $A } - { $B }", "set_difference( { ~A } , { ~B } )"},
    {"{ $A } | { $B }", "set_union( { ~A } , { ~B } )"},
    {"{ $A } & { $B }", "set_intersection( { ~A } , { ~B } )"},
    {"{ $A } minus|without|∖ { $B }", "set_difference( { ~A } , { ~B } )"},
    {"set? difference of|between { $A } and { $B }", "set_difference( { ~A } , { ~B } )"},
    {"symmetric difference of|between { $A } and { $B }",
     "set_symmetric( { ~A } , { ~B } )"},
    {"{ $A } ^ { $B }", "set_symmetric( { ~A } , { ~B } )"},
    {"is $A in|an? element|member? of? { $B }", "contains( { ~B } , $A )"},
    {"$A in|∈ { $B }", "contains( { ~B } , $A )"},
    {"number|how many of? subsets of|does|has set? { $A } have?", "2 ^ len( [ ~A ] )"},
    {"number|how many of? subsets of|does|has #N element|elements? set? have?", "2 ^ $N"},
    {"how many subsets does? a? set? with|of|has #N elements|members have|has?", "2 ^ $N"},
    {"cardinality|size|length|len of set? { $A }", "len( [ ~A ] )"},
    {"how many elements are in { $A }", "len( [ ~A ] )"},
};

constexpr Phrasing data[] = {
    {"geometric mean of $A and|, $B", "geometric_mean( [ ~A , ~B ] )"},
    {"harmonic mean of $A and|, $B", "harmonic_mean( [ ~A , ~B ] )"},
    {"root mean square|rms of? $A", "root_mean_square( [ ~A ] )"},
    {"rms of? $A", "root_mean_square( [ ~A ] )"},
    {"z|standard - score of|for? $A with|if|given|, mean of|is|=? $B and|, "
     "sd|stdev|sigma|std|standard deviation? of|is|=? $C", "( $A - $B ) / $C"},
    {"z|standard score of|for? $A with|if|given|, mean of|is|=? $B and|, "
     "sd|stdev|sigma|std|standard deviation? of|is|=? $C", "( $A - $B ) / $C"},
    {"sum|total of? #A and $B", "$A + $B"},
    {"sum|total of $A and|, $B", "sum( [ ~A , ~B ] )"},
    {"product of #A and $B", "$A * $B"},
    {"sum|total of? integers|numbers|natural|whole|all? integers|numbers? from|between $A to|and $B",
     "sum of k for k from $A to $B"},
    {"add up? all? numbers|integers? from $A to $B", "sum of k for k from $A to $B"},
    {"probability|chance|odds of getting|rolling|throwing? #N on|with|in|from? fair? die|dice", "1 / 6"},
    {"probability|chance|odds of getting|rolling|throwing? even|odd number? on|with? fair? die|dice",
     "1 / 2"},
    {"probability|chance of getting|flipping|tossing? exactly? #K heads|tails in|with|from|on|when "
     "flipping|tossing? #N fair? coin|tosses|flips|coins|throws flips|tosses|throws?",
     "binomial( $N , $K ) / 2 ^ $N"},
    {"probability|chance of getting|flipping? at least #K heads|tails in|with|from|on #N fair? "
     "coin|tosses|flips|coins flips|tosses?",
     "sum( binomial( $N , k ) , ( k , $K , $N ) ) / 2 ^ $N"},
    {"binomial probability? distribution? n = $N , p = $P , k|x = $K",
     "binomial( $N , $K ) * $P ^ $K * ( 1 - $P ) ^ ( $N - $K )"},
    {"binomial probability? distribution? n = $N p = $P k|x = $K",
     "binomial( $N , $K ) * $P ^ $K * ( 1 - $P ) ^ ( $N - $K )"},
    {"expected value|average of|when? rolling|throw|roll? fair? die|dice", "mean [ 1 , 2 , 3 , 4 , 5 , 6 ]"},
    {"#N th|st|nd|rd term of|in sequence|progression? #A , #B , $C", "sequence_term( $N , [ $A , $B , ~C ] )"},
    {"nth term|formula of|for|in sequence? #A , #B , $C", "sequence_term( n , [ $A , $B , ~C ] )"},
    {"next|following number|term in|of|after sequence|series|: ? #A , #B , $C",
     "next_term( [ $A , $B , ~C ] )"},
};

constexpr Phrasing shapes[] = {
    {"area of circle|disk with|of|,? radius|r of|=|is? $R", "pi * $R ^ 2"},
    {"area of circle|disk with|of|,? diameter|d of|=|is? $R", "pi * ( $R / 2 ) ^ 2"},
    {"circumference|perimeter of circle with|of|,? radius|r of|=|is? $R", "2 * pi * $R"},
    {"circumference|perimeter of circle with|of|,? diameter|d of|=|is? $R", "pi * $R"},
    {"volume of sphere|ball with|of|,? radius|r of|=|is? $R", "4 / 3 * pi * $R ^ 3"},
    {"surface area? of sphere|ball with|of|,? radius|r of|=|is? $R", "4 * pi * $R ^ 2"},
    {"volume of cylinder with|of|,? radius|r of|=|is? $R and|,? height|h of|=|is? $H",
     "pi * $R ^ 2 * $H"},
    {"volume of cone with|of|,? radius|r of|=|is? $R and|,? height|h of|=|is? $H",
     "pi * $R ^ 2 * $H / 3"},
    {"area of triangle with|of|,? base|b of|=|is? $B and|,? height|h of|=|is? $H", "$B * $H / 2"},
    {"area of triangle with|of|,? sides|side lengths? $A , $B and|,? $C",
     "sqrt( ( $A + $B + $C ) * ( - $A + $B + $C ) * ( $A - $B + $C ) * ( $A + $B - $C ) ) / 4"},
    {"area of equilateral triangle with|of|,? side|sides length|of|=|is? $A",
     "sqrt( 3 ) / 4 * $A ^ 2"},
    {"hypotenuse of|with|for right? angled? triangle? with|of|,? legs|sides|cathetes|catheti? $A and|, $B",
     "sqrt( $A ^ 2 + $B ^ 2 )"},
    {"area of rectangle with|of|,? sides|dimensions? $A by|and|x|×|, $B", "$A * $B"},
    {"area of rectangle with|of|,? length|width of|=? $A and|, width|height|length of|=? $B",
     "$A * $B"},
    {"area of $A by|x $B rectangle", "$A * $B"},
    {"perimeter of rectangle with|of|,? sides|dimensions? $A by|and|x|×|, $B", "2 * ( $A + $B )"},
    {"perimeter of rectangle with|of|,? length|width of|=? $A and|, width|height|length of|=? $B",
     "2 * ( $A + $B )"},
    {"area of square with|of|,? side|sides length? of|=|is? $A", "$A ^ 2"},
    {"perimeter of square with|of|,? side|sides length? of|=|is? $A", "4 * $A"},
    {"diagonal of square with|of|,? side|sides length? of|=|is? $A", "$A * sqrt( 2 )"},
    {"diagonal of rectangle|rectangular with|of|,? sides? $A by|and|x|×|, $B",
     "sqrt( $A ^ 2 + $B ^ 2 )"},
    {"volume of cube with|of|,? side|edge|sides length? of|=|is? $A", "$A ^ 3"},
    {"surface area? of cube with|of|,? side|edge|sides length? of|=|is? $A", "6 * $A ^ 2"},
    {"area of trapezoid|trapezium with|of|,? bases|sides|parallel sides? $A and|, $B and|,? height|h "
     "of|=|is? $H", "( $A + $B ) * $H / 2"},
    {"volume of box|cuboid|prism with|of|,? sides|dimensions|size? $A by|x|×|, $B by|x|×|,|and $C",
     "$A * $B * $C"},
    {"volume of pyramid with|of|,? base|square area|side of|=? $A and|, height|h of|=? $H",
     "$A * $H / 3"},
    {"area of ellipse with|of|,? semi - ? axes|semiaxes? $A and|, $B", "pi * $A * $B"},
    {"sum of interior? angles of|in polygon? with? #N - ? sides|gon sides?", "( $N - 2 ) * 180"},
    {"sum of interior? angles of|in hexagon", "( 6 - 2 ) * 180"},
    {"sum of interior? angles of|in pentagon", "( 5 - 2 ) * 180"},
    {"sum of interior? angles of|in triangle", "( 3 - 2 ) * 180"},
    {"sum of interior? angles of|in octagon", "( 8 - 2 ) * 180"},
};

}  // namespace

std::vector<Phrasing> more_phrasings() {
  std::vector<Phrasing> all;
  const auto add = [&](const auto& table) {
    all.insert(all.end(), std::begin(table), std::end(table));
  };
  add(functions);
  add(equations);
  add(vectors);
  add(sets);
  add(data);
  add(shapes);
  return all;
}

}  // namespace lsp::features::solve
